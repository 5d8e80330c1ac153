using System.Text.Json;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>What the drivers read in a subscription's options; a key of another type than expected counts as missing.</summary>
/// <param name="PostData">Text of the request in place of the document; what a client gave as other JSON, as it spelled it.</param>
/// <param name="PostHeaders">In the client's order, as it spelled them; not judged here.</param>
/// <param name="Secret">Key of the signature, never empty.</param>
/// <param name="Subject">Of a mail.</param>
/// <param name="From">Of a mail.</param>
/// <param name="TrustId">Keystone's id of the trust by which the owner lets the service act for it.</param>
/// <remarks>Source: API contract, section 8.</remarks>
internal sealed record DeliveryOptions(
    string? PostData, IReadOnlyList<KeyValuePair<string, string>> PostHeaders, string? Secret, string? Subject, string? From, string? TrustId)
{
    // Stored options were bounded when they came in.
    private static readonly JsonDocumentOptions _anyDepth = new() { MaxDepth = int.MaxValue };

    /// <param name="json">Valid JSON; anything but an object says nothing.</param>
    public static DeliveryOptions Read(string json)
    {
        using var document = JsonDocument.Parse(json, _anyDepth);
        return new(
            Find("post_data") is { ValueKind: not JsonValueKind.Null } data ? TextOf(data) : null,
            Find("post_headers") is { ValueKind: JsonValueKind.Object } headers ? [.. headers.EnumerateObject().Where(HasText).Select(Header)] : [],
            Text("secret"), Text("subject"), Text("from"), Text("trust_id"));

        JsonElement? Find(string key) =>
            document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(key, out var value) ? value : null;

        string? Text(string key) => Find(key) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 } text ? text : null;

        static bool HasText(JsonProperty header) =>
            header.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False;

        static KeyValuePair<string, string> Header(JsonProperty header) => new(header.Name, TextOf(header.Value));
    }

    // Secrets print as nothing.
    public override string ToString() => nameof(DeliveryOptions);

    private static string TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
