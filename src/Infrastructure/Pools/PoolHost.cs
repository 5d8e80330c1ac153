using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Zaqar.Application;
using Zaqar.Application.Committing;
using Zaqar.Application.Queues;
using Zaqar.Application.Waiting;
using Zaqar.Infrastructure.Following;
using Zaqar.Infrastructure.History;
using Zaqar.Infrastructure.Schema;

namespace Zaqar.Infrastructure.Pools;

/// <summary>
/// One pool, open on this node: a whole set of the service's parts over the pool's own database, which knows nothing of other databases. What is not
/// about a database (settings, keys, the clock, Keystone) it shares with the node.
/// </summary>
/// <remarks>Source: ADR 0015.</remarks>
internal sealed class PoolHost : IAsyncDisposable
{
    private static readonly TimeSpan _stopTime = TimeSpan.FromSeconds(20);

    private readonly IHost _host;

    private PoolHost(string name, IHost host)
    {
        (Name, _host) = (name, host);
        Mediator = host.Services.GetRequiredService<Mediator>();
        Feeds = host.Services.GetRequiredService<Feeds>();
    }

    public string Name { get; }

    /// <summary>Carries out requests about the queues of this pool.</summary>
    public IMediator Mediator { get; }

    public Feeds Feeds { get; }

    public IServiceProvider Services => _host.Services;

    /// <summary>Cancelled when the pool stops, asked to or because one of its parts has given up.</summary>
    public CancellationToken Stopping => Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

    /// <summary>Brings the pool's database up to date and starts to serve it.</summary>
    /// <param name="home">The node's own parts.</param>
    public static async Task<PoolHost> Open(string name, string connectionString, PoolingSettings settings, IServiceProvider home, CancellationToken ct)
    {
        var host = Build(name, connectionString, settings, home);
        try
        {
            await DatabaseSchema.BringUpToDate(host.Services, settings.Schema, ct);
            await host.StartAsync(ct);
            return new(name, host);
        }
        catch
        {
            await Dispose(host);
            throw;
        }
    }

    /// <summary>Brings a pool's database up to date without serving it.</summary>
    public static async Task Prepare(string connectionString, PoolingSettings settings, IServiceProvider home, CancellationToken ct)
    {
        var host = Build("", connectionString, settings, home);
        try
        {
            await DatabaseSchema.BringUpToDate(host.Services, settings.Schema, ct);
        }
        finally
        {
            await Dispose(host);
        }
    }

    /// <summary>Builds a pool's read models anew, while no node serves it.</summary>
    /// <exception cref="NodesServingException">One does.</exception>
    public static async Task Rebuild(string name, string connectionString, PoolingSettings settings, IServiceProvider home, CancellationToken ct)
    {
        var host = Build(name, connectionString, settings, home);
        try
        {
            await DatabaseSchema.BringUpToDate(host.Services, settings.Schema, ct);
            await host.Services.GetRequiredService<ReadModelRebuild>().Run(ct);
        }
        finally
        {
            await Dispose(host);
        }
    }

    /// <summary>Ends all waiting in this pool: the node is going down.</summary>
    public void Close() => Services.GetRequiredService<QueueSignals>().Close();

    public async ValueTask DisposeAsync()
    {
        Close();
        using var patience = new CancellationTokenSource(_stopTime);
        try
        {
            await _host.StopAsync(patience.Token);
        }
        finally
        {
            await Dispose(_host);
        }
    }

    private static IHost Build(string name, string connectionString, PoolingSettings settings, IServiceProvider home)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        foreach (var type in settings.Shared)
            if (home.GetService(type) is { } part)
                builder.Services.AddSingleton(type, part);

        builder.Services.AddSingleton<ILoggerFactory>(new PoolLogging(home.GetRequiredService<ILoggerFactory>(), name));
        builder.Services.AddSingleton<IHostLifetime, LivesWithTheNode>();
        builder.Services.AddSingleton<ILetterRoute>(new PoolLetterRoute(name, home));
        builder.Services.AddMovedReads();
        builder.Services.AddZaqarApplication();
        builder.AddZaqarInfrastructure(connectionString, settings.Schema, settings.Notifies);
        return builder.Build();
    }

    private static ValueTask Dispose(IHost host)
    {
        if (host is IAsyncDisposable disposable)
            return disposable.DisposeAsync();

        host.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed class LivesWithTheNode : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
