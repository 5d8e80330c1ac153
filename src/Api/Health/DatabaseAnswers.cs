using MediatR;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Zaqar.Application.Health;

namespace Zaqar.Api.Health;

/// <summary>Ready only while the database answers.</summary>
internal sealed class DatabaseAnswers(IMediator mediator) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await mediator.Send(new Ping(), cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
