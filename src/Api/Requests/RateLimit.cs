using System.Threading.RateLimiting;
using Zaqar.Api.Settings;

namespace Zaqar.Api.Requests;

/// <summary>How often one project may ask this node; off unless the operator says so.</summary>
/// <remarks>
/// A bucket of tokens per project: it holds a burst, each request takes one, and they come back at the given rate. Each node counts for itself, so
/// several behind one balancer let several times as much through. Buckets that have been full for ten seconds are forgotten, so memory follows
/// the projects that are active and not those that there are. One instance serves all transports.
/// </remarks>
internal sealed class RateLimit : IDisposable
{
    private readonly PartitionedRateLimiter<string>? _buckets;

    public RateLimit(ServiceSettings settings)
    {
        if (settings.RateLimit.RequestsPerSecond is not (> 0 and var rate))
            return;

        // The library looks at its buckets ten times a second: a bucket that would fill faster gets several tokens at a time instead.
        var tokens = (rate + 9) / 10;
        var options = new TokenBucketRateLimiterOptions
        {
            TokenLimit = settings.RateLimit.Burst > 0 ? settings.RateLimit.Burst : rate,
            TokensPerPeriod = tokens,
            ReplenishmentPeriod = TimeSpan.FromSeconds((double)tokens / rate),
            AutoReplenishment = false,
            QueueLimit = 0,
        };
        Func<string, RateLimiter> make = _ => new TokenBucketRateLimiter(options);
        _buckets = PartitionedRateLimiter.Create<string, string>(project => RateLimitPartition.Get(project, make), StringComparer.Ordinal);
    }

    /// <summary>Counts one request of a project.</summary>
    /// <param name="retryAfter">When it is refused: until the next one may pass.</param>
    public bool Admits(string project, out TimeSpan retryAfter)
    {
        retryAfter = default;
        if (_buckets is null)
            return true;

        using var lease = _buckets.AttemptAcquire(project);
        if (!lease.IsAcquired && lease.TryGetMetadata(MetadataName.RetryAfter, out var wait))
            retryAfter = wait;

        return lease.IsAcquired;
    }

    /// <inheritdoc cref="Admits(string, out TimeSpan)"/>
    public bool Admits(string project) => Admits(project, out _);

    public void Dispose() => _buckets?.Dispose();
}

/// <summary>Section <c>Zaqar:RateLimit</c>. Not options of the original.</summary>
internal sealed record RateLimitSettings
{
    /// <summary>Requests of one project on one node, in the long run; 0 leaves them alone.</summary>
    public int RequestsPerSecond { get; init; }

    /// <summary>How many it may make at once after a pause; 0 is as many as in a second.</summary>
    public int Burst { get; init; }
}
