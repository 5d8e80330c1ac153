using Zaqar.Api.Authentication;
using Zaqar.Api.Settings;
using Zaqar.Application;
using Zaqar.Application.Encryption;
using Zaqar.Infrastructure;
using Zaqar.Infrastructure.Identity;
using Zaqar.Infrastructure.Pools;
using Zaqar.Infrastructure.Schema;

namespace Zaqar.Api.Hosting;

/// <summary>Puts a node together: the same for serving, for rebuilding and for tests.</summary>
internal static class ServiceHost
{
    /// <param name="args">Configuration in command-line form: <c>--urls http://...</c>, <c>--Zaqar:AdminMode true</c>.</param>
    internal static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            // The settings file lies beside the program, wherever it is started from.
            ContentRootPath = AppContext.BaseDirectory,
        });

        // Not in the settings file, where it would win over ASPNETCORE_URLS. One server listens for both transports, and tells them apart by port.
        var rest = builder.Configuration["urls"] ?? "http://127.0.0.1:8888";
        var webSocket = SettingsReader.ReadWebSocket(builder.Configuration);
        builder.Services.AddSingleton(webSocket);
        builder.WebHost.UseUrls([.. rest.Split(';', StringSplitOptions.RemoveEmptyEntries), .. webSocket.Url.Length > 0 ? [webSocket.Url] : (string[])[]]);

        // A lost race is no error, and the committer tells of what is one; Npgsql would tell every statement; Wolverine, which has no
        // messages to carry yet, would tell of a database that is away several times a second.
        builder.Logging.AddFilter("Marten", LogLevel.Critical).AddFilter("Npgsql", LogLevel.Warning).AddFilter("Wolverine", LogLevel.Critical);
        // Every 401 would be told three times.
        builder.Logging.AddFilter(typeof(KeystoneAuthentication).Namespace, LogLevel.Warning);
        return builder;
    }

    /// <summary>Logging for the embedded database, which starts before the host and outlives it.</summary>
    internal static ILoggerFactory EarlyLogging(WebApplicationBuilder builder) =>
        LoggerFactory.Create(logging => logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole());

    /// <summary>Adds everything and builds; brings the database's tables up to date.</summary>
    internal static async Task<WebApplication> Build(WebApplicationBuilder builder, string connectionString, CancellationToken ct = default)
    {
        var schema = builder.Configuration["Zaqar:Database:Schema"] is { Length: > 0 } named ? named : "zaqar";
        builder.Services.AddSingleton(SettingsReader.ReadHistory(builder.Configuration));
        var notification = SettingsReader.ReadNotification(builder.Configuration);
        builder.Services.AddSingleton(notification);
        builder.Services.AddSingleton(SettingsReader.ReadKeystone(builder.Configuration));
        builder.Services.AddSingleton(SettingsReader.ReadOutbound(builder.Configuration));
        builder.Services.AddSingleton<ICipher>(SettingsReader.ReadEncryption(builder.Configuration));
        builder.Services.AddSingleton(SettingsReader.ReadPools(builder.Configuration));
        builder.Services.AddZaqarApi();
        if (SettingsReader.ReadService(builder.Configuration).AsksKeystone)
            builder.Services.AddKeystoneTokens().AddKeystoneAuthentication();
        builder.Services.AddZaqarApplication();
        builder.AddZaqarInfrastructure(connectionString, schema, notification.Enabled);
        if (SettingsReader.ReadService(builder.Configuration) is { Pooling: true } service)
            builder.Services.AddPooling(schema, notification.Enabled, service.PoolingCatalog.EnableVirtualPool);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));

        var app = builder.Build();
        await DatabaseSchema.BringUpToDate(app.Services, schema, ct);
        if (!SettingsReader.ReadService(builder.Configuration).Pooling && await Pooling.IsInUse(app.Services, ct))
        {
            await app.DisposeAsync();
            throw new SettingInvalidException("Queues of this service are in pools, where a node with Zaqar:Pooling=false does not find them.");
        }

        return app;
    }
}
