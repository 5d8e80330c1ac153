using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Xunit;
using Zaqar.Api;
using Zaqar.Api.Hosting;
using Zaqar.Application;
using Zaqar.Infrastructure.Committing;
using Zaqar.Infrastructure.Queues;
using Zaqar.Infrastructure.Schema;
using Zaqar.Integration.Postgres;

namespace Zaqar.Integration.Model;

/// <summary>
/// The whole service over a database whose clock stands still, so that time passes by <see cref="Advance"/> alone: however long requests
/// take, whatever has an edge in time is met exactly. Its segments are closed after a few messages, so that even a short run turns pages.
/// </summary>
/// <remarks>
/// Real time would not do. Whether a message outlives its claim, for one, depends on what passes between two requests: posted for
/// 300 seconds and claimed for 300 at the same instant it keeps its life, and a millisecond later it does not.
/// </remarks>
public class StoppedClockService : IAsyncLifetime
{
    private readonly string _schema = $"t_{Guid.NewGuid():N}";
    private WebApplication? _node;

    /// <summary>The node's parts.</summary>
    public IServiceProvider Services => _node!.Services;

    public async Task InitializeAsync()
    {
        var connectionString = await TestDatabase.ConnectionString();
        await Execute(connectionString,
            $"""
            create schema {_schema};
            create function {_schema}.statement_timestamp() returns timestamptz language sql stable return timestamptz '2026-03-01T06:00:00Z';
            create function {_schema}.now() returns timestamptz language sql stable return timestamptz '2026-03-01T06:00:00Z'
            """);

        var builder = ServiceHost.CreateBuilder(["--urls=http://127.0.0.1:0", "--Zaqar:WebSocket:Url=", $"--Zaqar:Database:Schema={_schema}"]);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(new CommitterSettings(SegmentLength: 4));
        builder.Host.ConfigureContainer<IServiceCollection>(services =>
        {
            services.AddSingleton(_ => Stopped(Connection.With(connectionString, _schema)));
            services.AddSingleton(provider =>
                new ReadDatabase(Stopped(Connection.ForReads(connectionString, _schema)), provider.GetRequiredService<TimeProvider>()));
            services.AddSingleton(provider =>
                new QueueMemory(provider.GetRequiredService<DatabaseClock>(), new FakeTimeProvider()));
            Configure(services);
        });

        _node = await ServiceHost.Build(builder, connectionString);
        _node.UseZaqarApi();
        await _node.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_node is not null)
        {
            await _node.StopAsync();
            await _node.DisposeAsync();
        }

        await Execute(await TestDatabase.ConnectionString(), $"drop schema if exists {_schema} cascade");
    }

    /// <summary>Moves the time that everything is judged by.</summary>
    public void Advance(TimeSpan by) => Services.GetRequiredService<DatabaseClock>().Ahead += by;

    /// <summary>Records what is over, as the node does from time to time by itself.</summary>
    public async Task Sweep()
    {
        while (await Services.GetRequiredService<ExpirySweeper>().Sweep(default))
        {
        }
    }

    /// <summary>A new client of a project.</summary>
    public HttpClient Client(string project)
    {
        var client = new HttpClient { BaseAddress = new Uri(_node!.Urls.Single()) };
        client.DefaultRequestHeaders.Add("Client-ID", Guid.NewGuid().ToString());
        client.DefaultRequestHeaders.Add("X-Project-ID", project);
        return client;
    }

    /// <summary>Parts to put in place of the usual ones.</summary>
    protected virtual void Configure(IServiceCollection services)
    {
    }

    // PostgreSQL looks into its own catalogue first, unless it is told when.
    private NpgsqlDataSource Stopped(string connectionString) => NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = $"{_schema}, pg_catalog" });

    private static async Task Execute(string connectionString, string sql)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
