using Microsoft.Extensions.Logging;

namespace Zaqar.Infrastructure.Pools;

/// <summary>The node's log, in which what a pool's parts say has the pool's name behind its category.</summary>
internal sealed class PoolLogging(ILoggerFactory log, string pool) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => log.CreateLogger($"{categoryName}[{pool}]");

    public void AddProvider(ILoggerProvider provider) => log.AddProvider(provider);

    /// <summary>The node's log goes on.</summary>
    public void Dispose()
    {
    }
}
