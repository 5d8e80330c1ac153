using System.Text;
using System.Text.Json;
using Zaqar.Domain.Queues;

namespace Zaqar.Domain.Subscriptions;

/// <summary>A subscription's options: a JSON object, kept byte for byte. Only its secret is never shown again.</summary>
/// <remarks>
/// Clients get <see cref="Mask"/> in the secret's place, and a client that sends it back means the secret that is stored, so that options may be
/// read, changed and written without knowing it. Of repeated keys the last counts; the secret is masked in all of them.
/// </remarks>
public sealed class SubscriptionOptions : IEquatable<SubscriptionOptions>
{
    private const string TrustKey = "trust_id";

    /// <summary>Longest text, in bytes of UTF-8.</summary>
    public const int MaxBytes = 65_536;

    /// <summary>What stands in a secret's place.</summary>
    public const string Mask = "***";

    private const string MaskJson = $"\"{Mask}\"";

    private SubscriptionOptions(string json) => Json = json;

    /// <summary>No options.</summary>
    public static SubscriptionOptions Empty { get; } = new("{}");

    /// <summary>The text as it is stored, its secret included: not for a log or an answer.</summary>
    public string Json { get; }

    /// <summary>Keystone's id of the trust by which the owner lets the service act for it; null without one.</summary>
    public string? TrustId =>
        MetadataMembers.TryRead(JsonText.Bytes(Json))?.Find(TrustKey) is { } json && MetadataValue.Read(json).Text is { Length: > 0 } id ? id : null;

    /// <summary>Whether a secret is <see cref="Mask"/>.</summary>
    public bool IsMasked => Secrets().Any(secret => secret.IsMask);

    /// <summary>Takes what was judged when it was stored.</summary>
    public static SubscriptionOptions Stored(string json) => json is "{}" ? Empty : new(json);

    /// <summary>Judges options that a client wants stored, as far as they are the same for every way of delivery.</summary>
    /// <param name="utf8">Valid JSON.</param>
    /// <exception cref="SubscriptionOptionsInvalid">No object, too large, or <c>_retry_policy</c> breaks a rule.</exception>
    public static SubscriptionOptions FromClient(ReadOnlySpan<byte> utf8)
    {
        CheckSize(utf8.Length);
        var members = MetadataMembers.TryRead(utf8) ?? throw new SubscriptionOptionsInvalid("A subscription's options are a JSON object.");
        return members.Find(QueueMetadata.RetryPolicyKey) is { } policy && RetryPolicy.Broken(policy) is { } broken
            ? throw new SubscriptionOptionsInvalid(broken)
            : Stored(JsonText.Of(utf8));
    }

    /// <summary>The text for clients: as it is stored, but for the secret.</summary>
    public string Shown() => Rewritten(Secrets(), secret => secret.IsNull ? null : MaskJson);

    /// <summary>Puts the secret of <paramref name="stored"/> where this has <see cref="Mask"/>.</summary>
    /// <exception cref="SubscriptionOptionsInvalid">There is none to keep, or the whole becomes too large.</exception>
    public SubscriptionOptions KeepingSecretOf(SubscriptionOptions stored)
    {
        if (!IsMasked)
            return this;

        if (stored.Secrets() is not [.., { IsNull: false } kept])
            throw new SubscriptionOptionsInvalid($"A secret of {Mask} keeps the one that is there, and there is none.");

        var json = Rewritten(Secrets(), secret => secret.IsMask ? kept.Json : null);
        CheckSize(Encoding.UTF8.GetByteCount(json));
        return new(json);
    }

    /// <summary>The same with a trust, in the place of whatever there was of one.</summary>
    /// <exception cref="SubscriptionOptionsInvalid">The whole becomes too large.</exception>
    public SubscriptionOptions WithTrust(string id)
    {
        var value = JsonSerializer.Serialize(id);
        var (start, end) = (Json.IndexOf('{', StringComparison.Ordinal) + 1, Json.LastIndexOf('}'));
        var json = Values("trust_id"u8) is { Count: > 0 } values ? Rewritten(values, _ => value)
            : $"{Json[..end]}{(Json.AsSpan(start, end - start).IsWhiteSpace() ? "" : ", ")}\"{TrustKey}\": {value}{Json[end..]}";
        CheckSize(Encoding.UTF8.GetByteCount(json));
        return new(json);
    }

    public bool Equals(SubscriptionOptions? other) => other is not null && Json == other.Json;

    public override bool Equals(object? obj) => Equals(obj as SubscriptionOptions);

    public override int GetHashCode() => Json.GetHashCode(StringComparison.Ordinal);

    // Secrets print as nothing.
    public override string ToString() => nameof(SubscriptionOptions);

    private static void CheckSize(int bytes)
    {
        if (bytes > MaxBytes)
            throw new SubscriptionOptionsInvalid($"A subscription's options have at most {MaxBytes} bytes; these are {bytes}.");
    }

    /// <param name="values">In the order in which they stand.</param>
    /// <param name="replacement">The new JSON of a value; null leaves it.</param>
    private string Rewritten(List<Value> values, Func<Value, string?> replacement)
    {
        if (values.Count == 0)
            return Json;

        var utf8 = JsonText.Bytes(Json);
        var text = new StringBuilder(Json.Length);
        var copied = 0;
        foreach (var value in values)
        {
            text.Append(JsonText.Of(utf8.AsSpan(copied, value.Start - copied))).Append(replacement(value) ?? value.Json);
            copied = value.End;
        }

        return text.Append(JsonText.Of(utf8.AsSpan(copied))).ToString();
    }

    private List<Value> Secrets() => Values("secret"u8);

    private List<Value> Values(ReadOnlySpan<byte> key)
    {
        var utf8 = JsonText.Bytes(Json);
        var reader = new Utf8JsonReader(utf8, MetadataValue.AnyDepth);
        var values = new List<Value>();
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isOfKey = reader.ValueTextEquals(key);
            reader.Read();
            var (start, type) = ((int)reader.TokenStartIndex, reader.TokenType);
            var isMask = type == JsonTokenType.String && reader.ValueTextEquals(Mask);
            reader.Skip();
            var end = (int)reader.BytesConsumed;
            if (isOfKey)
                values.Add(new(start, end, JsonText.Of(utf8.AsSpan(start, end - start)), type == JsonTokenType.Null, isMask));
        }

        return values;
    }

    /// <summary>One value of a key, and where in the text it stands, in bytes.</summary>
    private readonly record struct Value(int Start, int End, string Json, bool IsNull, bool IsMask);
}
