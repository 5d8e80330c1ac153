namespace Zaqar.Api.Deliveries;

/// <summary>Reads the ids of subscriptions and deliveries.</summary>
internal static class DeliveryIds
{
    /// <summary><see cref="Guid.Empty"/>, which nothing has, for what is no id.</summary>
    public static Guid Read(string text) => Guid.TryParseExact(text, "D", out var id) ? id : Guid.Empty;
}
