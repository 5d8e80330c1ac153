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
        MetadataMembers.TryRead(JsonText.Bytes(Json))?.Find("trust_id") is { } json && MetadataValue.Read(json).Text is { Length: > 0 } id ? id : null;

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
    public string Shown() => Rewritten(secret => secret.IsNull ? null : MaskJson);

    /// <summary>Puts the secret of <paramref name="stored"/> where this has <see cref="Mask"/>.</summary>
    /// <exception cref="SubscriptionOptionsInvalid">There is none to keep, or the whole becomes too large.</exception>
    public SubscriptionOptions KeepingSecretOf(SubscriptionOptions stored)
    {
        if (!IsMasked)
            return this;

        if (stored.Secrets() is not [.., { IsNull: false } kept])
            throw new SubscriptionOptionsInvalid($"A secret of {Mask} keeps the one that is there, and there is none.");

        var json = Rewritten(secret => secret.IsMask ? kept.Json : null);
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

    /// <param name="replacement">The new JSON of a secret; null leaves it.</param>
    private string Rewritten(Func<Secret, string?> replacement)
    {
        var secrets = Secrets();
        if (secrets.Count == 0)
            return Json;

        var utf8 = JsonText.Bytes(Json);
        var text = new StringBuilder(Json.Length);
        var copied = 0;
        foreach (var secret in secrets)
        {
            text.Append(JsonText.Of(utf8.AsSpan(copied, secret.Start - copied))).Append(replacement(secret) ?? secret.Json);
            copied = secret.End;
        }

        return text.Append(JsonText.Of(utf8.AsSpan(copied))).ToString();
    }

    private List<Secret> Secrets()
    {
        var utf8 = JsonText.Bytes(Json);
        var reader = new Utf8JsonReader(utf8, MetadataValue.AnyDepth);
        var secrets = new List<Secret>();
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isSecret = reader.ValueTextEquals("secret"u8);
            reader.Read();
            var (start, type) = ((int)reader.TokenStartIndex, reader.TokenType);
            var isMask = type == JsonTokenType.String && reader.ValueTextEquals(Mask);
            reader.Skip();
            var end = (int)reader.BytesConsumed;
            if (isSecret)
                secrets.Add(new(start, end, JsonText.Of(utf8.AsSpan(start, end - start)), type == JsonTokenType.Null, isMask));
        }

        return secrets;
    }

    /// <summary>One value of the key <c>secret</c>, and where in the text it stands, in bytes.</summary>
    private readonly record struct Secret(int Start, int End, string Json, bool IsNull, bool IsMask);
}
