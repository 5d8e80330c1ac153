namespace Zaqar.Domain.Subscriptions;

/// <summary>
/// The rules of subscriptions. A queue has one for each subscriber; it lives for its ttl, whatever becomes of the queue. Its end is judged by
/// the clock and recorded when it is next touched, or by a sweep.
/// </summary>
/// <remarks>
/// Whether a subscriber may be reached at all, and what its way of delivery asks of the options, is judged before.
/// Source: API contract, sections 2.4, 3.5 and 8.3.
/// </remarks>
public static class SubscriptionDecider
{
    /// <summary>Longest subscriber, in characters.</summary>
    public const int MaxSubscriberLength = 2_048;

    private const string TrustPrefix = "trust+";

    private static readonly DateTimeOffset _endOfTime = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    /// <summary>Subscribes.</summary>
    /// <param name="existing">The queue's subscription with that subscriber, live or over; null without one.</param>
    /// <param name="id">For a new one: a UUID version 7 of <paramref name="now"/>.</param>
    /// <param name="asksAgain">Whether one that waits to be confirmed is an answer; else it is in the way like any other.</param>
    /// <returns>Its id. One that waits to be confirmed stays as it is, ttl and options too, and its subscriber is asked again.</returns>
    /// <exception cref="SubscriptionExists">It is confirmed already, or nobody wants it asked again.</exception>
    /// <exception cref="SubscriberInvalid">Too long, or of a scheme that the operator does not take.</exception>
    /// <exception cref="SubscriptionTtlOutOfRange">Less than a minute, or beyond the calendar.</exception>
    /// <exception cref="SubscriptionOptionsInvalid">The secret is a mask.</exception>
    /// <exception cref="TrustUnavailable">The subscriber is to be told in the owner's name, and there is no trust for it.</exception>
    public static Decision<Guid> Create(
        SubscriptionState? existing, string queue, SubscriptionDraft draft, Guid id, bool asksAgain, Limits limits, Actor by, DateTimeOffset now)
    {
        if (draft.Node is null)
            CheckSubscriber(draft.Subscriber, limits);
        var ttl = draft.Ttl ?? limits.DefaultSubscriptionTtl;
        var expiresAt = End(ttl, now);
        if (draft.Options.IsMasked)
            throw new SubscriptionOptionsInvalid($"A secret is any text but {SubscriptionOptions.Mask}, which stands for one that is not shown.");
        CheckTrust(draft.Subscriber, draft.Options);

        if (existing is not null && existing.IsLive(now))
            return existing.Confirmed || !asksAgain
                ? throw new SubscriptionExists()
                : new(existing.Id, [new ConfirmationRequested(existing.Id, now, by)]);

        return new(id,
        [
            .. Expire(existing, now),
            new SubscriptionCreated(id, queue, draft.Subscriber, ttl, draft.Options.Json, expiresAt, now, by, draft.Trust, draft.Node),
        ]);
    }

    /// <summary>Changes subscriber, ttl or options; whether it is confirmed stays.</summary>
    /// <param name="subscription">Null when there is none.</param>
    /// <param name="other">The queue's subscription with the new subscriber, live or over; null without one, or when the subscriber stays.</param>
    /// <returns>Whether anything changed.</returns>
    /// <exception cref="SubscriptionNotFound">Unknown, or over.</exception>
    /// <exception cref="SubscriptionExists">Another one has the new subscriber.</exception>
    /// <exception cref="SubscriberInvalid">As for a new one; so are the other refusals.</exception>
    /// <exception cref="SubscriptionTtlOutOfRange"/>
    /// <exception cref="SubscriptionOptionsInvalid">There is no secret to keep.</exception>
    /// <exception cref="TrustUnavailable"/>
    public static Decision<bool> Change(
        SubscriptionState? subscription, Guid id, SubscriptionState? other, SubscriptionChange change, Limits limits, Actor by, DateTimeOffset now)
    {
        if (change.Subscriber is { } given)
            CheckSubscriber(given, limits);
        DateTimeOffset? expiresAt = change.Ttl is { } ttl ? End(ttl, now) : null;

        var state = Live(subscription, id, now);
        var options = change.Options?.KeepingSecretOf(state.Options);
        var subscriber = change.Subscriber == state.Subscriber ? null : change.Subscriber;
        if (options?.Equals(state.Options) == true)
            options = null;

        if (subscriber is not null || options is not null)
            CheckTrust(subscriber ?? state.Subscriber, options ?? state.Options);

        if (subscriber is null)
            other = null;
        else if (other is not null && other.Id != id && other.IsLive(now))
            throw new SubscriptionExists();

        return subscriber is null && change.Ttl is null && options is null
            ? new(false, [])
            : new(true, [.. Expire(other, now), new SubscriptionChanged(id, subscriber, change.Ttl, options?.Json, expiresAt, now, by, change.Trust)]);
    }

    /// <summary>Confirms a subscription, or takes the confirmation back; confirming twice is no error.</summary>
    /// <exception cref="SubscriptionNotFound">Unknown, or over.</exception>
    public static Decision<bool> Confirm(SubscriptionState? subscription, Guid id, bool confirmed, Actor by, DateTimeOffset now)
    {
        var state = Live(subscription, id, now);
        return (confirmed, state.Confirmed) switch
        {
            (true, true) => new(true, []),
            (true, false) => new(true, [new SubscriptionConfirmed(id, now, by)]),

            // Also of one that was never confirmed: the subscriber is told in any case.
            (false, _) => new(false, [new SubscriptionUnconfirmed(id, now, by)]),
        };
    }

    /// <summary>Ends a subscription; what is gone already is no error.</summary>
    /// <returns>Whether it was live.</returns>
    public static Decision<bool> Delete(SubscriptionState? subscription, DeletionReason reason, Actor by, DateTimeOffset now) =>
        subscription is not null && subscription.IsLive(now)
            ? new(true, [new SubscriptionDeleted(subscription.Id, reason, now, by)])
            : new(false, Expire(subscription, now));

    /// <summary>Records that a subscription is over, if it is.</summary>
    public static IReadOnlyList<object> Expire(SubscriptionState? subscription, DateTimeOffset now) =>
        subscription is null || subscription.IsLive(now) ? [] : [new SubscriptionExpired(subscription.Id, now)];

    /// <summary>Whether a subscriber is told in its owner's name, for which it takes a trust.</summary>
    public static bool TakesTrust(string subscriber) => subscriber.StartsWith(TrustPrefix, StringComparison.OrdinalIgnoreCase);

    private static SubscriptionState Live(SubscriptionState? subscription, Guid id, DateTimeOffset now) =>
        subscription is not null && subscription.IsLive(now) ? subscription : throw new SubscriptionNotFound(id.ToString());

    private static void CheckSubscriber(string subscriber, Limits limits)
    {
        if (subscriber.Length > MaxSubscriberLength)
            throw new SubscriberInvalid($"A subscriber has at most {MaxSubscriberLength} characters; {subscriber.Length} were given.");

        var colon = subscriber.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !limits.TakesSubscriberType(subscriber.AsSpan(0, colon)))
            throw new SubscriberInvalid($"A subscriber is a URI of one of the types {limits.SubscriberTypes}.");
    }

    private static void CheckTrust(string subscriber, SubscriptionOptions options)
    {
        if (TakesTrust(subscriber) && options.TrustId is null)
            throw new TrustUnavailable();
    }

    private static DateTimeOffset End(long ttl, DateTimeOffset now) =>
        ttl >= Limits.MinTtl && ttl <= (_endOfTime - now).TotalSeconds ? now.AddSeconds(ttl) : throw new SubscriptionTtlOutOfRange(ttl);
}
