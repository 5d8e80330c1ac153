using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Zaqar.Api.Confirmation;
using Zaqar.Api.Errors;
using Zaqar.Api.Health;
using Zaqar.Api.OpenApi;
using Zaqar.Api.Policies;
using Zaqar.Api.Requests;
using Zaqar.Api.Routing;
using Zaqar.Api.Settings;
using Zaqar.Api.WebSockets;
using Zaqar.Application.Waiting;
using Zaqar.Infrastructure.Pools;

namespace Zaqar.Api;

/// <summary>Puts the HTTP transport together. It needs the use cases and their infrastructure registered beside it.</summary>
/// <remarks>
/// The way of a request: <see cref="Failures"/> gives it an id and answers what is thrown; <see cref="Gate"/> finds the route, passes
/// <see cref="Checks"/>, and names the endpoint; the endpoint turns it into a command or query for MediatR and the result into an answer.
/// </remarks>
internal static class ZaqarApi
{
    private const string Ready = "ready";

    public static IServiceCollection AddZaqarApi(this IServiceCollection services)
    {
        services.AddSingleton(provider => SettingsReader.ReadService(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton(provider => SettingsReader.ReadLimits(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, KestrelSettings>();
        services.AddSingleton(provider => SettingsReader.ReadSignedUrl(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<SignedUrls>();
        services.AddSingleton<Checks>();
        services.AddSingleton<RateLimit>();
        services.AddSingleton<PolicyFile>();
        services.AddSingleton(provider => provider.GetRequiredService<PolicyFile>().Policy);
        services.AddCors();
        services.AddSingleton<WebSockets.Requests>();
        services.AddSingleton<Sockets>();
        services.AddHostedService(provider => provider.GetRequiredService<Sockets>());
        services.AddZaqarOpenApi();
        services.AddHealthChecks()
            .AddCheck<DatabaseAnswers>("database", tags: [Ready], timeout: TimeSpan.FromSeconds(3))
            .AddCheck<RelayGoesOn>("relay-goes-on", tags: [Ready])
            .AddCheck<NotDraining>("not-draining", tags: [Ready]);

        return services;
    }

    /// <exception cref="SettingInvalidException">The service cannot start with its settings.</exception>
    public static WebApplication UseZaqarApi(this WebApplication app)
    {
        app.Services.GetRequiredService<Domain.Limits>();
        app.Services.GetRequiredService<Policy>();
        var endpoints = Endpoints.Of(Routes.For(app.Services.GetRequiredService<ServiceSettings>()), app.Services);
        ((IEndpointRouteBuilder)app).DataSources.Add(new DefaultEndpointDataSource(endpoints));

        app.UseMiddleware<Failures>();
        app.UseZaqarWebSockets();
        app.UseZaqarCors();
        app.UseRouting();
        app.UseMiddleware<Gate>(new Router(endpoints));

        app.MapZaqarOpenApi();
        app.MapConfirmationPage();
        app.MapHealthChecks("/healthz/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/healthz/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready) });

        // Requests that wait for messages, and connections, would hold a stop up for as long as they wait.
        app.Lifetime.ApplicationStopping.Register(() =>
        {
            app.Services.GetRequiredService<QueueSignals>().Close();
            app.Services.GetService<OpenPools>()?.Close();
            app.Services.GetRequiredService<Sockets>().Close();
        });
        return app;
    }
}
