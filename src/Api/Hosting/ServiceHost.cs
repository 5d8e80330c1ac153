using Npgsql;
using Zaqar.Application;
using Zaqar.Infrastructure;
using Zaqar.Infrastructure.History;
using Zaqar.Infrastructure.Schema;

namespace Zaqar.Api.Hosting;

/// <summary>Puts a node together: the same for serving, for rebuilding and for tests.</summary>
internal static class ServiceHost
{
    /// <param name="args">Configuration in command-line form: <c>--urls http://...</c>, <c>--Zaqar:AdminMode true</c>.</param>
    internal static WebApplicationBuilder CreateBuilder(string[] args) =>
        WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            // The settings file lies beside the program, wherever it is started from.
            ContentRootPath = AppContext.BaseDirectory,
        });

    /// <summary>Adds everything and builds; brings the database's tables up to date.</summary>
    internal static async Task<WebApplication> Build(WebApplicationBuilder builder, string connectionString, CancellationToken ct = default)
    {
        var schema = builder.Configuration["Zaqar:Database:Schema"] is { Length: > 0 } named ? named : "zaqar";
        builder.Services.AddSingleton(builder.Configuration.GetSection("Zaqar:History").Get<HistorySettings>() ?? new());
        builder.Services.AddZaqarApi();
        builder.Services.AddZaqarApplication();
        builder.AddZaqarInfrastructure(connectionString, schema);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));

        var app = builder.Build();
        await ReadModelSchema.Apply(app.Services.GetRequiredService<NpgsqlDataSource>(), schema, ct);
        return app;
    }
}
