namespace Zaqar.Domain.Subscriptions;

/// <summary>What a client wants subscribed.</summary>
/// <param name="Subscriber">Any text; judged by the rules.</param>
/// <param name="Ttl">Seconds; null takes the operator's default.</param>
/// <param name="Trust">Keystone's id of the trust that was made for it, which the options name; null when none was.</param>
/// <param name="Node">Set where the subscriber is the very connection that asks: the node that has it. It is not reached by its URI, and needs no confirmation.</param>
public sealed record SubscriptionDraft(string Subscriber, long? Ttl, SubscriptionOptions Options, string? Trust = null, Guid? Node = null)
{
    /// <summary>The same with a trust that was made for it.</summary>
    /// <exception cref="SubscriptionOptionsInvalid">The options become too large.</exception>
    public SubscriptionDraft Trusting(string trust) => this with { Options = Options.WithTrust(trust), Trust = trust };
}

/// <summary>What a client wants changed; null leaves a value as it is, and at least one is given.</summary>
/// <param name="Ttl">Seconds from now.</param>
/// <param name="Options">In place of the whole of what is; a secret of <c>***</c> stands for the one that is stored.</param>
/// <param name="Trust">As of a draft.</param>
public sealed record SubscriptionChange(string? Subscriber, long? Ttl, SubscriptionOptions? Options, string? Trust = null)
{
    /// <summary>The same with a trust that was made for it.</summary>
    /// <param name="stored">The options that stay when none are given.</param>
    /// <exception cref="SubscriptionOptionsInvalid">The options become too large.</exception>
    public SubscriptionChange Trusting(string trust, SubscriptionOptions stored) => this with { Options = (Options ?? stored).WithTrust(trust), Trust = trust };
}
