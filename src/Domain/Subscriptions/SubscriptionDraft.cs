namespace Zaqar.Domain.Subscriptions;

/// <summary>What a client wants subscribed.</summary>
/// <param name="Subscriber">Any text; judged by the rules.</param>
/// <param name="Ttl">Seconds; null takes the operator's default.</param>
/// <param name="Node">Set where the subscriber is the very connection that asks: the node that has it. It is not reached by its URI, and needs no confirmation.</param>
public sealed record SubscriptionDraft(string Subscriber, long? Ttl, SubscriptionOptions Options, Guid? Node = null);

/// <summary>What a client wants changed; null leaves a value as it is, and at least one is given.</summary>
/// <param name="Ttl">Seconds from now.</param>
/// <param name="Options">In place of the whole of what is; a secret of <c>***</c> stands for the one that is stored.</param>
public sealed record SubscriptionChange(string? Subscriber, long? Ttl, SubscriptionOptions? Options);
