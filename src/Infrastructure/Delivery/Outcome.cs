namespace Zaqar.Infrastructure.Delivery;

/// <summary>What became of one attempt to deliver. Its reasons are sentences for the subscription's owner, without secrets.</summary>
internal abstract record Outcome
{
    private Outcome()
    {
    }

    /// <summary>The subscriber has it.</summary>
    /// <param name="Status">The answer's: of HTTP, or of SMTP; 0 from a command.</param>
    internal sealed record Delivered(int Status) : Outcome;

    /// <summary>It may have it, or may take it later.</summary>
    /// <param name="Status">The answer's, if there was one.</param>
    /// <param name="RetryAfter">The subscriber's wish not to be asked sooner, up to an hour; zero or more.</param>
    internal sealed record TryAgain(string Reason, int? Status = null, TimeSpan? RetryAfter = null) : Outcome;

    /// <summary>It does not take it, and never will: the delivery has failed.</summary>
    /// <param name="Status">The answer's, if there was one.</param>
    internal sealed record Refused(string Reason, int? Status = null) : Outcome;

    /// <summary>It wants nothing any more: the subscription ends.</summary>
    internal sealed record Gone : Outcome;
}
