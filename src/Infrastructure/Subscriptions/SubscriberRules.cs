using System.Text.Json;
using Zaqar.Application.Subscriptions;
using Zaqar.Domain.Subscriptions;
using Zaqar.Infrastructure.Delivery;
using Zaqar.Infrastructure.Outbound;

namespace Zaqar.Infrastructure.Subscriptions;

/// <summary>Asks the outbound guard and the drivers what they would make of a subscriber and its options.</summary>
/// <remarks>A name is judged by its addresses only when it is connected to. Of repeated keys each is judged.</remarks>
internal sealed class SubscriberRules(AddressPolicy policy) : ISubscriberRules
{
    // The edge has bounded it.
    private static readonly JsonDocumentOptions _anyDepth = new() { MaxDepth = int.MaxValue };

    public string? Broken(string subscriber) =>
        SubscriberUri.Refusal(subscriber, policy) is { } reason ? $"The subscriber is refused: {reason}." : null;

    public string? Broken(SubscriptionOptions options)
    {
        using var document = JsonDocument.Parse(options.Json, _anyDepth);
        foreach (var option in document.RootElement.EnumerateObject())
        {
            var broken = option.Name switch
            {
                _ when option.Value.ValueKind == JsonValueKind.Null => null,
                "secret" => Secret(option.Value),
                "post_headers" => Headers(option.Value),
                _ => null,
            };
            if (broken is not null)
                return broken;
        }

        return null;
    }

    private static string? Secret(JsonElement secret) =>
        secret.ValueKind != JsonValueKind.String || secret.GetString() is not { Length: > 0 } text ? "options.secret is text, and not empty."
        : WebhookSignature.KeyOf(text) is null ? "options.secret begins with whsec_, and what follows is no base64."
        : null;

    private static string? Headers(JsonElement headers)
    {
        const string shape = "options.post_headers is an object whose values are text.";
        if (headers.ValueKind != JsonValueKind.Object)
            return shape;

        foreach (var header in headers.EnumerateObject())
        {
            if (header.Value.ValueKind != JsonValueKind.String)
                return shape;

            if (PostHeaders.Refusal(header.Name, header.Value.GetString()!) is { } refusal)
                return $"In options.post_headers, {Named(header.Name)} {refusal}.";
        }

        return null;
    }

    private static string Named(string name) => name.Length <= 64 ? $"\"{name}\"" : "a name";
}
