namespace Zaqar.Domain.Subscriptions;

public sealed class SubscriptionNotFound(string id)
    : RejectedException(ErrorKind.NotFound, $"Subscription {id} does not exist or is over.");

/// <summary>Another subscription of the queue has that subscriber.</summary>
public sealed class SubscriptionExists()
    : RejectedException(ErrorKind.Conflict, "There is a subscription with this subscriber already.");

/// <summary>A subscriber that nothing is, or may be, delivered to.</summary>
/// <param name="reason">A sentence.</param>
public sealed class SubscriberInvalid(string reason)
    : RejectedException(ErrorKind.InvalidRequest, reason);

/// <summary>Options that break a rule; their values are never quoted.</summary>
/// <param name="reason">A sentence.</param>
public sealed class SubscriptionOptionsInvalid(string reason)
    : RejectedException(ErrorKind.InvalidRequest, reason);

public sealed class SubscriptionTtlOutOfRange(long ttl)
    : RejectedException(ErrorKind.InvalidRequest,
        $"A subscription's ttl is at least {Limits.MinTtl} seconds and ends before the year 10000; {ttl} was given.");

/// <summary>A change that names nothing to change.</summary>
public sealed class NothingToUpdate()
    : RejectedException(ErrorKind.NothingToUpdate, "A change of a subscription has at least one of subscriber, ttl and options.");

/// <summary>A trust is needed, and there is no Keystone or no token of the client's to make one with.</summary>
public sealed class TrustUnavailable()
    : RejectedException(ErrorKind.Unavailable,
        "A subscriber with trust+ needs options.trust_id, for a trust is made only with Keystone and a token of yours.");
