namespace Zaqar.Infrastructure.Delivery;

/// <summary>A way to reach subscribers.</summary>
internal interface IDriver
{
    /// <param name="scheme">Of the subscriber's URI, without the colon, in any case.</param>
    bool Serves(string scheme);

    /// <summary>Makes one attempt, within bounds of time and size. Whatever the subscriber does is an outcome, never an exception.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled; whether the subscriber has it is unknown.</exception>
    Task<Outcome> Send(Notice notice, CancellationToken ct);
}
