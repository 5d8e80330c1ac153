using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Zaqar.Domain.Catalogue;

namespace Zaqar.Infrastructure.Pools;

/// <summary>Keeps the pools that there are open on this node: those that come, those whose database was away, those that go.</summary>
/// <remarks>A pool that cannot be opened is tried again and again; its queues are answered 503 meanwhile, and all others go on.</remarks>
internal sealed partial class OpenPools(
    PoolList list, CatalogueMemory memory, PoolingSettings settings, IServiceProvider home, TimeProvider time, ILogger<OpenPools> log)
    : BackgroundService, IAsyncDisposable
{
    private static readonly TimeSpan _tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _betweenAttempts = TimeSpan.FromSeconds(5);

    // A database that hangs must not keep the others from being looked after, nor the node from starting.
    private static readonly TimeSpan _openTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _startTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _waitTime = TimeSpan.FromSeconds(5);

    private readonly PoolingSettings _settings = settings;
    private readonly IServiceProvider _home = home;
    private readonly TimeProvider _time = time;
    private readonly ILogger _log = log;
    private readonly ConcurrentDictionary<string, Slot> _slots = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Slot, Task> _closing = new();
    private readonly SemaphoreSlim _look = new(0, 1);
    private readonly SemaphoreSlim _turn = new(1);
    private bool _isInterrupted;

    /// <summary>Those that are open.</summary>
    public IEnumerable<PoolHost> All => _slots.Values.Select(slot => slot.Host).OfType<PoolHost>();

    /// <exception cref="PoolAway">It is not open on this node.</exception>
    public PoolHost this[string pool] => _slots.TryGetValue(pool, out var slot) && slot.Host is { } host ? host : throw new PoolAway(pool);

    /// <summary>A pool, which is waited for a while where it is just being opened.</summary>
    /// <exception cref="PoolAway">It does not open.</exception>
    public ValueTask<PoolHost> Get(string pool, CancellationToken ct) =>
        _slots.TryGetValue(pool, out var slot) && slot.Host is { } host ? ValueTask.FromResult(host) : new(WaitFor(pool, ct));

    /// <summary>Has the list of pools looked at again, soon.</summary>
    public void LookAgain()
    {
        try
        {
            _look.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is about to be looked at.
        }
    }

    /// <summary>Ends all waiting: the node is going down.</summary>
    public void Close()
    {
        foreach (var pool in All)
            pool.Close();
    }

    /// <summary>The pools are open before the node serves its first request, as far as they can be.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        memory.PoolsChanged += LookAgain;
        await Look(cancellationToken);
        var opening = Task.WhenAll(_slots.Values.Select(slot => slot.Opening));
        await Task.WhenAny(opening, Task.Delay(_startTime, _time, cancellationToken));
        await base.StartAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        memory.PoolsChanged -= LookAgain;
        await Task.WhenAll(_slots.Values.Select(Close).Concat(_closing.Values));
        _look.Dispose();
        _turn.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await _look.WaitAsync(_tick, stoppingToken);
                await Look(stoppingToken);
                _isInterrupted = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // Once, not every second, for as long as the database is away.
                if (!_isInterrupted)
                    LogInterrupted(_log, failure);
                _isInterrupted = true;
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(_slots.Values.Select(Close).Concat(_closing.Values));
        _slots.Clear();
    }

    private async Task<PoolHost> WaitFor(string pool, CancellationToken ct)
    {
        if (!_slots.ContainsKey(pool))
            await Look(ct);
        if (_slots.TryGetValue(pool, out var slot) && slot.Host is null)
            await Task.WhenAny(slot.Opening, Task.Delay(_waitTime, _time, ct));

        ct.ThrowIfCancellationRequested();
        return this[pool];
    }

    /// <summary>Looks at the list of pools: opens those that are new, closes those that are no more or are elsewhere.</summary>
    public async Task Look(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var wanted = await list.Read(ct);
            foreach (var (name, slot) in _slots)
                if (!wanted.Any(pool => pool.Name == name && pool.ConnectionString == slot.ConnectionString) && _slots.TryRemove(name, out _))
                {
                    // What it takes to close one that hangs must not keep the others from being looked after.
                    LogCloses(_log, name);
                    _closing[slot] = Close(slot);
                }

            foreach (var pool in wanted)
                if (pool.ConnectionString is not null)
                    _slots.GetOrAdd(pool.Name, _ => new(this, pool)).GoOn();

            await Task.WhenAny(Task.WhenAll(_slots.Values.Select(slot => slot.Opening)), Task.Delay(_tick, _time, ct));
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task Close(Slot slot)
    {
        await Task.Yield();
        try
        {
            await slot.DisposeAsync();
        }
        catch (Exception failure)
        {
            LogNotClosed(_log, failure);
        }

        _closing.TryRemove(slot, out _);
    }

    [LoggerMessage(5, LogLevel.Warning, "A pool did not close as it should.")]
    private static partial void LogNotClosed(ILogger log, Exception failure);

    [LoggerMessage(6, LogLevel.Error, "The pool {Pool} has stopped by itself; it is opened again.")]
    private static partial void LogStopped(ILogger log, string pool);

    [LoggerMessage(1, LogLevel.Information, "The pool {Pool} is open.")]
    private static partial void LogOpen(ILogger log, string pool);

    [LoggerMessage(2, LogLevel.Warning, "The pool {Pool} does not open ({Failure}); its queues are answered 503 until it does.")]
    private static partial void LogAway(ILogger log, string pool, string failure);

    [LoggerMessage(3, LogLevel.Information, "The pool {Pool} is no longer, or is elsewhere now; it closes.")]
    private static partial void LogCloses(ILogger log, string pool);

    [LoggerMessage(4, LogLevel.Warning, "Looking after the pools was interrupted; it goes on in a second.")]
    private static partial void LogInterrupted(ILogger log, Exception failure);

    /// <summary>One pool, open or on its way.</summary>
    private sealed class Slot(OpenPools pools, PoolEntry entry) : IAsyncDisposable
    {
        private readonly CancellationTokenSource _closing = new();
        private PoolHost? _host;
        private long _triedAt;
        private bool _isAway;

        public string ConnectionString { get; } = entry.ConnectionString!;

        public PoolHost? Host
        {
            get => _host;
            private set => _host = value;
        }

        public Task Opening { get; private set; } = Task.CompletedTask;

        /// <summary>Tries to open it, unless it is open, or was tried just now. Called by one at a time.</summary>
        public void GoOn()
        {
            if (Host is not null || !Opening.IsCompleted || (_triedAt != 0 && pools._time.GetElapsedTime(_triedAt) < _betweenAttempts))
                return;

            _triedAt = pools._time.GetTimestamp();
            Opening = Task.Run(Open, CancellationToken.None);
        }

        // As often as it likes.
        public async ValueTask DisposeAsync()
        {
            await _closing.CancelAsync();
            await Opening;
            if (Interlocked.Exchange(ref _host, null) is { } host)
                await host.DisposeAsync();
        }

        // A part of it has given up; the others would go on without it.
        private void Stopped()
        {
            if (_closing.IsCancellationRequested || Host is not { } host)
                return;

            LogStopped(pools._log, entry.Name);
            Host = null;
            _ = Task.Run(async () => await host.DisposeAsync());
        }

        private async Task Open()
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
            patience.CancelAfter(_openTime);
            try
            {
                Host = await PoolHost.Open(entry.Name, ConnectionString, pools._settings, pools._home, patience.Token);
                LogOpen(pools._log, entry.Name);
                _isAway = false;
                Host.Stopping.Register(Stopped);
            }
            catch (Exception failure)
            {
                // Once, not at each attempt. Without the failure's own words, which may hold the address with its secret.
                if (!_isAway && !_closing.IsCancellationRequested)
                    LogAway(pools._log, entry.Name, failure.GetType().Name);
                _isAway = true;
            }
        }
    }
}
