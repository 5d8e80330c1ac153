using System.Text.Json;
using Zaqar.Application.Subscriptions;

namespace Zaqar.Api.Subscriptions;

/// <summary>Writes a subscription as JSON. Clients take these keys for arguments and fail on any other, so none may be added.</summary>
/// <remarks>Source: API contract, section 3.5.</remarks>
internal static class SubscriptionJson
{
    public static void Write(Utf8JsonWriter json, string queue, SubscriptionView subscription)
    {
        json.WriteStartObject();
        json.WriteString("id", subscription.Id);
        json.WriteString("source", queue);
        json.WriteString("subscriber", subscription.Subscriber);
        json.WriteNumber("ttl", subscription.Ttl);
        json.WriteNumber("age", subscription.Age);
        json.WritePropertyName("options");
        json.WriteRawValue(subscription.Options, skipInputValidation: true);
        json.WriteBoolean("confirmed", subscription.Confirmed);
        json.WriteEndObject();
    }
}
