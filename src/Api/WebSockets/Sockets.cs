using System.Collections.Concurrent;
using System.Net.WebSockets;
using MediatR;
using Zaqar.Api.Settings;
using Zaqar.Domain;
using Zaqar.Infrastructure.Following;

namespace Zaqar.Api.WebSockets;

/// <summary>All connections of this node: as many as it takes, looked after once a second, told to go when the node goes.</summary>
internal sealed partial class Sockets(
    Requests requests, IFeeds feeds, IMediator mediator, Limits limits, WebSocketSettings settings, TimeProvider time, ILogger<Connection> log)
    : BackgroundService
{
    private static readonly TimeSpan _tick = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Connection, bool> _open = [];
    private volatile bool _isClosed;
    private int _count;

    /// <summary>Takes a place for one more connection.</summary>
    /// <returns>False when there is none, or the node is going down.</returns>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _count) <= settings.MaxConnections && !_isClosed)
            return true;

        Interlocked.Decrement(ref _count);
        return false;
    }

    /// <summary>Gives the place back.</summary>
    public void Leave() => Interlocked.Decrement(ref _count);

    /// <summary>Serves a connection to its end.</summary>
    /// <param name="authority">Host and port that it is called by in listings.</param>
    public async Task Serve(WebSocket socket, string authority)
    {
        using var connection = new Connection(
            socket, $"http://{authority}/{Guid.NewGuid():D}", requests, feeds, mediator, limits, settings, time, log);
        _open[connection] = true;
        try
        {
            if (_isClosed)
                connection.Close(WebSocketCloseStatus.EndpointUnavailable, "");
            await connection.Run();
        }
        finally
        {
            _open.TryRemove(connection, out _);
        }
    }

    /// <summary>Takes no more connections and says goodbye to those there are.</summary>
    public void Close()
    {
        _isClosed = true;
        ForEach(connection => connection.Close(WebSocketCloseStatus.EndpointUnavailable, "The service is going down."));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_tick, time);
        while (await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            ForEach(connection => connection.Look());

            // To the last connection: those that do not take their goodbye are cut.
            if (stoppingToken.IsCancellationRequested && _open.IsEmpty)
                return;
        }
    }

    private void ForEach(Action<Connection> act)
    {
        foreach (var (connection, _) in _open)
        {
            try
            {
                act(connection);
            }
            catch (Exception bug) when (bug is not ObjectDisposedException)
            {
                // The others are looked after all the same.
                LogFailed(log, bug);
            }
            catch (ObjectDisposedException)
            {
                // It has just ended.
            }
        }
    }

    [LoggerMessage(303, LogLevel.Error, "A WebSocket could not be looked after.")]
    private static partial void LogFailed(ILogger log, Exception bug);
}
