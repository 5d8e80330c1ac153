using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Xunit;
using Zaqar.Api;
using Zaqar.Api.Hosting;
using Zaqar.Application;
using Zaqar.Application.Waiting;
using Zaqar.Integration.Postgres;

namespace Zaqar.Integration;

/// <summary>
/// The whole service over a real PostgreSQL and real sockets, in a schema of its own: one per test class. Tests keep apart by
/// projects and queue names of their own, so they run in parallel and clean nothing up.
/// </summary>
public class ZaqarService : IAsyncLifetime
{
    private readonly List<WebApplication> _nodes = [];
    private readonly string _schema = $"t_{Guid.NewGuid():N}";
    private string _connectionString = "";
    private TimeSpan _ahead;

    /// <summary>Settings in command-line form, the same for every node: <c>--Zaqar:AdminMode=true</c>.</summary>
    protected virtual IReadOnlyList<string> Settings => [];

    /// <summary>Parts to put in place of the usual ones, the same for every node.</summary>
    protected virtual void Configure(IServiceCollection services)
    {
    }

    /// <summary>The database; the run's shared one unless a service has one of its own.</summary>
    protected virtual Task<string> ConnectionString() => TestDatabase.ConnectionString();

    /// <summary>Where the first node listens.</summary>
    public Uri Address => AddressOf(_nodes[0]);

    /// <summary>Where the first node serves WebSockets.</summary>
    public Uri WebSocketAddress => WebSocketOf(_nodes[0]);

    /// <summary>Where the node that was started last serves WebSockets.</summary>
    public Uri LastWebSocketAddress => WebSocketOf(_nodes[^1]);

    /// <summary>The first node's parts.</summary>
    public IServiceProvider Services => _nodes[0].Services;

    /// <summary>Straight to the tables, in the service's schema.</summary>
    internal NpgsqlDataSource Database => Services.GetRequiredService<NpgsqlDataSource>();

    public virtual async Task InitializeAsync()
    {
        _connectionString = await ConnectionString();
        await StartNode();
    }

    public virtual async Task DisposeAsync()
    {
        await StopNodes();

        await using var database = NpgsqlDataSource.Create(_connectionString);
        await using var drop = database.CreateCommand($"drop schema if exists {_schema} cascade");
        await drop.ExecuteNonQueryAsync();
    }

    /// <summary>Stops every node.</summary>
    public async Task StopNodes()
    {
        foreach (var node in _nodes)
        {
            await node.StopAsync();
            await node.DisposeAsync();
        }

        _nodes.Clear();
    }

    /// <summary>Stops one node, as a restart does; what it serves is answered first.</summary>
    public async Task StopNode(Uri address)
    {
        var node = _nodes.Single(node => AddressOf(node) == address);
        _nodes.Remove(node);
        await node.StopAsync();
        await node.DisposeAsync();
    }

    /// <summary>Runs something on a node's parts that serves nobody, as a command of the program does.</summary>
    internal async Task<T> Offline<T>(Func<IServiceProvider, Task<T>> run)
    {
        await using var node = await Build();
        return await run(node.Services);
    }

    /// <summary>Starts another node on the same database.</summary>
    /// <param name="settings">Of this node alone.</param>
    public async Task<Uri> StartNode(params string[] settings)
    {
        var node = await Build(settings);
        node.UseZaqarApi();
        await node.StartAsync();
        _nodes.Add(node);
        return AddressOf(node);
    }

    /// <summary>Moves the time that all nodes judge by, and lets who waits look again.</summary>
    public void Advance(TimeSpan by)
    {
        _ahead += by;
        foreach (var node in _nodes)
        {
            node.Services.GetRequiredService<DatabaseClock>().Ahead = _ahead;
            node.Services.GetRequiredService<QueueSignals>().WakeAll();
        }
    }

    /// <summary>Waits until the relay has read all that has happened.</summary>
    internal Task RelayHasPassed() => Eventually.Holds(
        async () =>
        {
            await using var command = Database.CreateCommand(
                """
                select coalesce((select max(seq_id) from mt_events), 0)
                    <= coalesce((select last_seq_id from mt_event_progression where name = 'relay:All'), -1)
                """);
            return await command.ExecuteScalarAsync() is true;
        },
        passed => passed, "the relay has passed every event");

    /// <summary>A client with the headers every request needs.</summary>
    /// <param name="project">A fresh project unless given.</param>
    /// <param name="clientId">A fresh client unless given.</param>
    /// <param name="node">The first node unless given.</param>
    public HttpClient Client(string? project = null, string? clientId = null, Uri? node = null)
    {
        var client = new HttpClient { BaseAddress = node ?? Address };
        client.DefaultRequestHeaders.Add("Client-ID", clientId ?? Guid.NewGuid().ToString());
        client.DefaultRequestHeaders.Add("X-Project-ID", project ?? $"project-{Guid.NewGuid():N}");
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return client;
    }

    private async Task<WebApplication> Build(params string[] settings)
    {
        var builder = ServiceHost.CreateBuilder(
            ["--urls=http://127.0.0.1:0", "--Zaqar:WebSocket:Url=http://127.0.0.1:0", $"--Zaqar:Database:Schema={_schema}", .. Settings, .. settings]);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        Configure(builder.Services);
        var node = await ServiceHost.Build(builder, _connectionString);
        node.Services.GetRequiredService<DatabaseClock>().Ahead = _ahead;
        return node;
    }

    private static Uri AddressOf(WebApplication node) => new(AddressesOf(node).First());

    private static Uri WebSocketOf(WebApplication node) => new UriBuilder(AddressesOf(node).Last()) { Scheme = "ws" }.Uri;

    private static ICollection<string> AddressesOf(WebApplication node) =>
        node.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
}
