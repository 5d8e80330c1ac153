using Zaqar.Domain.Subscriptions;

namespace Zaqar.Application.Subscriptions;

/// <summary>What the ways of delivery ask of subscribers and options, as far as their text alone tells; nothing is looked up.</summary>
public interface ISubscriberRules
{
    /// <returns>Why nothing may be delivered to the subscriber, as a sentence; null when it may.</returns>
    string? Broken(string subscriber);

    /// <returns>The first rule that is broken, as a sentence without values; null when all hold.</returns>
    string? Broken(SubscriptionOptions options);
}

internal static class SubscriberRulesUse
{
    /// <summary>Judges what a client gave; null is not given.</summary>
    /// <exception cref="SubscriberInvalid">As it says.</exception>
    /// <exception cref="SubscriptionOptionsInvalid">As it says.</exception>
    public static void Check(this ISubscriberRules rules, string? subscriber, SubscriptionOptions? options)
    {
        if (subscriber is not null && rules.Broken(subscriber) is { } refused)
            throw new SubscriberInvalid(refused);

        if (options is not null && rules.Broken(options) is { } broken)
            throw new SubscriptionOptionsInvalid(broken);
    }
}
