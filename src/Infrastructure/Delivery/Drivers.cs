namespace Zaqar.Infrastructure.Delivery;

/// <summary>All ways to reach subscribers, by the schemes of their URIs.</summary>
internal sealed class Drivers(IEnumerable<IDriver> drivers)
{
    private readonly IDriver[] _drivers = [.. drivers];

    /// <summary>As <see cref="IDriver.Send"/>, by whichever driver serves the subscriber; a scheme that none serves refuses.</summary>
    public Task<Outcome> Send(Notice notice, CancellationToken ct)
    {
        var scheme = notice.Subscriber[..Math.Max(notice.Subscriber.IndexOf(':', StringComparison.Ordinal), 0)];
        return Array.Find(_drivers, driver => driver.Serves(scheme)) is { } serving
            ? serving.Send(notice, ct)
            : Task.FromResult<Outcome>(new Outcome.Refused("The subscriber's scheme is none that anything is delivered by."));
    }
}
