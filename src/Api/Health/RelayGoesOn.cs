using Microsoft.Extensions.Diagnostics.HealthChecks;
using Zaqar.Infrastructure.Delivery;

namespace Zaqar.Api.Health;

/// <summary>Ready only while subscribers are told of what is posted. Always, where this node leaves that to others.</summary>
internal sealed class RelayGoesOn(RelayProgress relay) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(relay.StandsStill
            ? HealthCheckResult.Unhealthy("Subscribers are not told of new messages: the relay does not go on.")
            : HealthCheckResult.Healthy());
}
