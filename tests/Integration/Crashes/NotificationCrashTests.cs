using System.Diagnostics;
using FluentAssertions;
using Npgsql;
using Xunit;
using Xunit.Abstractions;
using Zaqar.Infrastructure.Postgres;
using Zaqar.Integration.Postgres;

namespace Zaqar.Integration.Crashes;

/// <summary>Subscribers are told of every message, whatever ends meanwhile.</summary>
public sealed class NotificationCrashTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Messages = 1_000;
    private const int SubscribersCount = 5;

    /// <summary>Attempts that a lane makes before it records them, at most: its page.</summary>
    private const int UnrecordedMax = 16;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(90);

    private EmbeddedPostgres _database = null!;
    private ServiceProcess _service = null!;
    private Subscribers _subscribers = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.OwnServer();
        _subscribers = await Subscribers.Listen();
        _service = await Start();
    }

    public async Task DisposeAsync()
    {
        if (_service is not null)
            await _service.DisposeAsync();
        if (_subscribers is not null)
            await _subscribers.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    [Fact]
    public async Task every_message_reaches_every_subscriber_across_crashes_and_only_what_was_in_flight_comes_twice()
    {
        var began = Stopwatch.GetTimestamp();
        await _subscribers.Subscribe(_service, SubscribersCount);
        await _subscribers.Post(_service, 0, Messages);

        await Told(500);
        await _subscribers.During(KillService);
        await Told(1_500);
        await _subscribers.During(StopDatabase);
        await Told(3_000);
        await _subscribers.During(KillService);
        await Subscribers.Until(
            () => _subscribers.All().Count == Messages * SubscribersCount, "all are told of all", _patience);
        var took = Stopwatch.GetElapsedTime(began);
        await NothingWaits();

        var all = from subscriber in Enumerable.Range(0, SubscribersCount)
                  from number in Enumerable.Range(0, Messages)
                  select ($"/{subscriber}", number);
        all.Except(_subscribers.All().Keys).Should().BeEmpty("every message reaches every subscriber");
        var again = _subscribers.ToldAgain();
        var perLane = again.CountBy(one => one).ToList();
        output.WriteLine(
            $"{Messages * SubscribersCount} deliveries arrived in {took.TotalSeconds:0} s, and {again.Count} came twice; by subscriber and crash: "
            + string.Join(", ", perLane.Select(lane => $"{lane.Key.Subscriber} at {lane.Key.Crash}: {lane.Value}")));
        again.Should().NotContain(one => one.Crash == null, "a delivery is repeated only where a crash cut off its record");
        perLane.Should().OnlyContain(lane => lane.Value <= UnrecordedMax, "a crash repeats what its lane had under way");
    }

    private async Task KillService()
    {
        await _service.Kill();
        await _service.DisposeAsync();
        _service = await Start();
    }

    private async Task StopDatabase()
    {
        await _database.StopImmediately();
        await _database.Start();
    }

    private Task<ServiceProcess> Start() => ServiceProcess.Start(_database.ConnectionString, Subscribers.Reachable);

    private Task Told(int times) => Subscribers.Until(() => _subscribers.Told >= times, $"subscribers were told {times} times", _patience);

    private async Task NothingWaits()
    {
        await using var database = NpgsqlDataSource.Create(_database.ConnectionString + ";Pooling=false");
        await Eventually.Holds(async () =>
        {
            await using var command = database.CreateCommand("select count(*) from zaqar.delivery where status <> 'delivered'");
            return (long)(await command.ExecuteScalarAsync())!;
        }, left => left == 0, "every delivery is recorded");
    }
}
