using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Zaqar.Integration.Encryption;

/// <summary>Keeps all that is logged, at every level, with exceptions and values.</summary>
internal sealed class EverythingLogged : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>Category, level, text, values and exception of each line.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(EverythingLogged log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = state is IEnumerable<KeyValuePair<string, object?>> named
                ? string.Join(", ", named.Select(one => $"{one.Key}={(one.Value is byte[] bytes ? Convert.ToHexStringLower(bytes) : one.Value)}"))
                : "";
            log._lines.Enqueue($"{category} {logLevel} {formatter(state, exception)} {values} {exception}");
        }
    }
}
