using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Zaqar.Api.Health;

/// <summary>Ready only until the service is told to stop: what runs is finished, and new work should go elsewhere.</summary>
internal sealed class NotDraining(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested
            ? HealthCheckResult.Unhealthy("The service is stopping.")
            : HealthCheckResult.Healthy());
}
