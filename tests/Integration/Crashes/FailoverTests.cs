using System.Diagnostics;
using FluentAssertions;
using Npgsql;
using Xunit;
using Xunit.Abstractions;
using Zaqar.Infrastructure.Postgres;
using Zaqar.Integration.Postgres;

namespace Zaqar.Integration.Crashes;

/// <summary>Two nodes on one database, and the one that runs the relay ends.</summary>
public sealed class FailoverTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan _promise = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<Guid, ServiceProcess> _nodes = [];
    private EmbeddedPostgres _server = null!;
    private NpgsqlDataSource _database = null!;
    private Subscribers _subscribers = null!;
    private int _messages;

    public async Task InitializeAsync()
    {
        _server = await TestDatabase.OwnServer();
        _database = NpgsqlDataSource.Create(_server.ConnectionString);
        _subscribers = await Subscribers.Listen();
        await StartNode();
        await StartNode();
    }

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes.Values)
            await node.DisposeAsync();
        if (_subscribers is not null)
            await _subscribers.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [Fact]
    public async Task deliveries_go_on_within_ten_seconds_when_the_relays_node_is_killed()
    {
        // The second time the relay has moved, and may have left the leader of the nodes behind.
        for (var kill = 0; kill < 2; kill++)
        {
            var (owner, other) = await Nodes();
            if (kill == 0)
                await _subscribers.Subscribe(other, 1);
            await IsTold(other);

            // Under load, so that it leaves a transaction half done.
            var load = _subscribers.PostUntilGone(_nodes[owner]);
            await IsTold(other);
            var killed = Stopwatch.GetTimestamp();
            await _nodes[owner].Kill();
            await IsTold(other);
            var took = Stopwatch.GetElapsedTime(killed);
            await load;

            output.WriteLine($"kill {kill}: {took.TotalSeconds:0.0} s");
            took.Should().BeLessThan(_promise);
            _nodes.Remove(owner);
            await StartNode();
        }
    }

    [Fact]
    public async Task deliveries_go_on_within_ten_seconds_when_the_relays_node_is_stopped()
    {
        var (owner, other) = await Nodes();
        await _subscribers.Subscribe(other, 1);
        await IsTold(other);

        var stopped = Stopwatch.GetTimestamp();
        var stop = _nodes[owner].Stop();
        await IsTold(other);
        await stop;
        var first = Stopwatch.GetElapsedTime(stopped);
        await IsTold(other);
        var took = Stopwatch.GetElapsedTime(stopped);

        output.WriteLine($"{first.TotalSeconds:0.0} s until it had stopped, {took.TotalSeconds:0.0} s until another message arrived");
        took.Should().BeLessThan(_promise);
        (await stop).ExitCode.Should().Be(0);
    }

    /// <summary>Posts one message, and waits until it has arrived.</summary>
    private async Task IsTold(ServiceProcess node)
    {
        var number = _messages++;
        await _subscribers.Post(node, number, 1);
        await Subscribers.Until(() => _subscribers.All().ContainsKey(("/0", number)), $"the subscriber is told of message {number}", _patience);
    }

    private async Task StartNode()
    {
        var node = await ServiceProcess.Start(_server.ConnectionString, Subscribers.Reachable);
        var id = await Eventually.Holds(
            async () => (await Read("select id from zaqar.wolverine_nodes")).Except(_nodes.Keys).ToList(), ids => ids.Count == 1, "one more node is known");
        _nodes.Add(id[0], node);
    }

    private async Task<(Guid Owner, ServiceProcess Other)> Nodes()
    {
        var owner = (await Eventually.Holds(
            () => Read("select node_id from zaqar.wolverine_node_assignments where id like 'event-subscriptions:%'"),
            owners => owners.Count == 1 && _nodes.ContainsKey(owners[0]), "a node runs the relay"))[0];
        return (owner, _nodes.Single(node => node.Key != owner).Value);
    }

    private async Task<List<Guid>> Read(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        await using var row = await command.ExecuteReaderAsync();
        var ids = new List<Guid>();
        while (await row.ReadAsync())
            ids.Add(row.GetGuid(0));
        return ids;
    }
}
