using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Zaqar.Integration.Policies;

/// <summary>Keeps what the service logs, to be looked at.</summary>
internal sealed class HeardLog : ILoggerProvider
{
    private readonly ConcurrentQueue<(string Category, LogLevel Level, string Message)> _heard = new();

    public IEnumerable<string> Of(string category, LogLevel level) =>
        _heard.Where(heard => heard.Category.EndsWith(category, StringComparison.Ordinal) && heard.Level == level).Select(heard => heard.Message);

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(HeardLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log._heard.Enqueue((category, logLevel, formatter(state, exception)));
    }
}
