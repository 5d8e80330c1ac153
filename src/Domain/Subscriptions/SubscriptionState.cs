namespace Zaqar.Domain.Subscriptions;

/// <summary>A subscription as its history leaves it.</summary>
/// <param name="Queue">The queue's name.</param>
/// <param name="Ttl">Seconds, counted from its creation or from when the ttl was last given.</param>
/// <param name="Version">Events in its stream.</param>
/// <param name="Node">The node whose connection the subscriber is; null for a subscriber that is reached by its URI.</param>
public sealed record SubscriptionState(
    Guid Id, string Queue, string Subscriber, long Ttl, SubscriptionOptions Options, bool Confirmed,
    DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, long Version, Guid? Node = null)
{
    public bool IsLive(DateTimeOffset now) => ExpiresAt > now;

    /// <summary>Folds one event in; in the order of the stream.</summary>
    /// <param name="state">Null before the first event.</param>
    /// <returns>Null once the subscription is over.</returns>
    public static SubscriptionState? Evolve(SubscriptionState? state, ISubscriptionEvent @event)
    {
        if (@event is SubscriptionCreated created)
            return new(created.Id, created.Queue, created.Subscriber, created.Ttl, SubscriptionOptions.Stored(created.Options),
                Confirmed: created.Node is not null, created.At, created.ExpiresAt, Version: 1, created.Node);

        if (state is null || @event is SubscriptionExpired or SubscriptionDeleted)
            return null;

        return (@event switch
        {
            SubscriptionConfirmed => state with { Confirmed = true },
            SubscriptionUnconfirmed => state with { Confirmed = false },
            SubscriptionChanged changed => state with
            {
                Subscriber = changed.Subscriber ?? state.Subscriber,
                Node = changed.Subscriber is null ? state.Node : null,
                Ttl = changed.Ttl ?? state.Ttl,
                Options = changed.Options is null ? state.Options : SubscriptionOptions.Stored(changed.Options),
                ExpiresAt = changed.ExpiresAt ?? state.ExpiresAt,
            },
            _ => state,
        }) with { Version = state.Version + 1 };
    }
}
