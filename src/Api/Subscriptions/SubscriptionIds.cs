namespace Zaqar.Api.Subscriptions;

/// <summary>Reads subscription ids from paths and queries.</summary>
internal static class SubscriptionIds
{
    /// <summary>A UUID with hyphens; null for anything else, which is like the id of a subscription that is gone.</summary>
    public static Guid? Read(string? text) => Guid.TryParseExact(text, "D", out var id) ? id : null;
}
