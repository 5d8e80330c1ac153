using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Zaqar.Domain.Queues;

/// <summary>
/// What a queue's owner has stored about it: a JSON object. Most keys are the owner's own; the reserved ones, which begin with
/// an underscore, steer the queue. Values keep the spelling they came in, so a client reads back what it wrote.
/// </summary>
/// <remarks>
/// Immutable, and equal when the stored text is. The reserved keys are read in one pass when the first of them is asked for.
/// A reserved value that is null, false, zero or empty counts as not set. Source: API contract, section 4.
/// </remarks>
public sealed class QueueMetadata : IEquatable<QueueMetadata>
{
    internal const string MaxMessagesPostSizeKey = "_max_messages_post_size";
    internal const string DefaultMessageTtlKey = "_default_message_ttl";
    internal const string DefaultMessageDelayKey = "_default_message_delay";
    internal const string DeadLetterQueueKey = "_dead_letter_queue";
    internal const string DeadLetterQueueMessagesTtlKey = "_dead_letter_queue_messages_ttl";
    internal const string MaxClaimCountKey = "_max_claim_count";
    internal const string EnableEncryptMessagesKey = "_enable_encrypt_messages";
    internal const string RetryPolicyKey = "_retry_policy";
    /// <summary>The key that names the flavor.</summary>
    public const string FlavorKey = "_flavor";

    private ReservedKeys? _reserved;

    private QueueMetadata(string json) => Json = json;

    /// <summary>Nothing stored: <c>{}</c>.</summary>
    public static QueueMetadata Empty { get; } = new("{}") { _reserved = ReservedKeys.None };

    /// <summary>The stored document: each key once, in the order first given, with the last value given for it.</summary>
    public string Json { get; }

    /// <summary>Bytes of one POST messages request; null leaves the configured bound alone.</summary>
    public long? MaxMessagesPostSize => Reserved.MaxMessagesPostSize;

    /// <summary>Seconds; null takes the configured default.</summary>
    public long? DefaultMessageTtl => Reserved.DefaultMessageTtl;

    /// <summary>Seconds, never 0; null when the queue delays nothing.</summary>
    public long? DefaultMessageDelay => Reserved.DefaultMessageDelay;

    /// <summary>Name of a queue of the same project, as the client gave it: it may name no possible queue.</summary>
    public string? DeadLetterQueue => Reserved.DeadLetterQueue;

    /// <summary>Seconds; null keeps what a message had.</summary>
    public long? DeadLetterQueueMessagesTtl => Reserved.DeadLetterQueueMessagesTtl;

    /// <summary>Claims after which a message is a dead letter; never 0, may be negative.</summary>
    public long? MaxClaimCount => Reserved.MaxClaimCount;

    public bool EnableEncryptMessages => Reserved.EnableEncryptMessages;

    /// <summary>Name of the flavor that chooses the pool.</summary>
    public string? Flavor => Reserved.Flavor;

    private ReservedKeys Reserved => _reserved ??= ReservedKeys.Read(JsonText.Bytes(Json));

    /// <summary>Takes over a stored document, which was judged when it was stored.</summary>
    public static QueueMetadata Parse(string json) => json is "{}" ? Empty : new(json);

    /// <summary>Judges a document that a client wants stored.</summary>
    /// <param name="utf8Object">Valid JSON; no bytes at all stand for an empty object.</param>
    /// <exception cref="MetadataInvalid">
    /// <see cref="ErrorKind.InvalidBody"/> when it is no object, <see cref="ErrorKind.InvalidRequest"/> when it is too large or a reserved
    /// key breaks its rule.
    /// </exception>
    public static QueueMetadata FromClient(ReadOnlyMemory<byte> utf8Object, Limits limits)
    {
        if (utf8Object.IsEmpty)
            return Empty;

        if (utf8Object.Length > limits.MaxQueueMetadata)
            throw TooLarge(utf8Object.Length, limits, ErrorKind.InvalidRequest);

        var members = MetadataMembers.TryRead(utf8Object.Span)
            ?? throw new MetadataInvalid("A queue's metadata is a JSON object.", ErrorKind.InvalidBody);

        return Judged(members, limits, ErrorKind.InvalidRequest);
    }

    /// <summary>Applies operations in order, all or none.</summary>
    /// <param name="ofTopic">A topic shows fewer keys by default.</param>
    /// <returns>The metadata afterwards; equal to this when nothing changed.</returns>
    /// <exception cref="MetadataKeyMissing">An operation replaces or removes a key that is neither stored nor shown by default.</exception>
    /// <exception cref="MetadataInvalid">The result is too large or breaks a rule of a reserved key.</exception>
    public QueueMetadata Patch(IReadOnlyList<MetadataOperation> operations, bool ofTopic, Limits limits)
    {
        var members = MetadataMembers.TryRead(JsonText.Bytes(Json))!;
        foreach (var operation in operations)
        {
            if (operation.Kind != MetadataOperationKind.Add && !members.Has(operation.Key) && !IsShownByDefault(operation.Key, ofTopic))
                throw new MetadataKeyMissing(operation.Key);

            if (operation.Kind == MetadataOperationKind.Remove)
                members.Remove(operation.Key);
            else
                members.Set(operation.Key, operation.ValueJson!);
        }

        return Judged(members, limits, ErrorKind.InvalidBody);
    }

    /// <summary>The flavor that operations leave, of which the last about it counts.</summary>
    /// <returns>Null when they remove it, or set what is no name.</returns>
    public static string? FlavorAfter(IReadOnlyList<MetadataOperation> operations) =>
        operations.LastOrDefault(operation => operation.Key == FlavorKey) is { ValueJson: { } json }
            && MetadataValue.Read(json) is { IsFalsy: false } value ? value.Text : null;

    /// <summary>The document as clients see it: the seven reserved keys that have a default show it where nothing is set.</summary>
    /// <param name="ofTopic">Then there are three, for nobody claims from a topic.</param>
    /// <returns>A JSON object's text. Nothing is stored.</returns>
    /// <remarks>Source: API contract, sections 2.8 and 4.2.</remarks>
    public string WithDefaults(bool ofTopic, Limits limits)
    {
        var members = MetadataMembers.TryRead(JsonText.Bytes(Json))!;
        foreach (var (key, json) in ofTopic ? DefaultsOfTopic(limits) : Defaults(limits))
            if (members.Find(key) is not { } stored || MetadataValue.Read(stored).IsFalsy)
                members.Set(key, json);

        return members.ToJson();
    }

    /// <summary>Whether a key is stored with a value: the string itself or, for a value of digits only, that whole number.</summary>
    public bool Has(string key, string value)
    {
        if (MetadataMembers.TryRead(JsonText.Bytes(Json))!.Find(key) is not { } json)
            return false;

        var stored = MetadataValue.Read(json);
        return stored.Type == JsonTokenType.Number
            ? stored.Integer is { } whole && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) && whole == wanted
            : stored.Text == value;
    }

    public bool Equals(QueueMetadata? other) => other is not null && Json == other.Json;

    public override bool Equals(object? obj) => Equals(obj as QueueMetadata);

    public override int GetHashCode() => Json.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Json;

    private static QueueMetadata Judged(MetadataMembers members, Limits limits, ErrorKind kind)
    {
        var json = members.ToJson();
        if (Encoding.UTF8.GetByteCount(json) is var bytes && bytes > limits.MaxQueueMetadata)
            throw TooLarge(bytes, limits, kind);

        if (MetadataRules.Broken(members, limits) is { } reason)
            throw new MetadataInvalid(reason, kind);

        return Parse(json);
    }

    private static MetadataInvalid TooLarge(int bytes, Limits limits, ErrorKind kind) =>
        new($"A queue's metadata has at most {limits.MaxQueueMetadata} bytes; these are {bytes}.", kind);

    private static bool IsShownByDefault(string key, bool ofTopic) =>
        key is MaxMessagesPostSizeKey or DefaultMessageTtlKey or DefaultMessageDelayKey
        || (!ofTopic && key is DeadLetterQueueKey or DeadLetterQueueMessagesTtlKey or MaxClaimCountKey or EnableEncryptMessagesKey);

    private static (string Key, string Json)[] DefaultsOfTopic(Limits limits) =>
    [
        (MaxMessagesPostSizeKey, limits.MaxMessagesPostSize.ToString(CultureInfo.InvariantCulture)),
        (DefaultMessageTtlKey, limits.DefaultMessageTtl.ToString(CultureInfo.InvariantCulture)),
        (DefaultMessageDelayKey, limits.DefaultMessageDelay.ToString(CultureInfo.InvariantCulture)),
    ];

    private static (string Key, string Json)[] Defaults(Limits limits) =>
    [
        .. DefaultsOfTopic(limits),
        (DeadLetterQueueKey, "null"),
        (DeadLetterQueueMessagesTtlKey, "null"),
        (MaxClaimCountKey, "null"),
        (EnableEncryptMessagesKey, "false"),
    ];

    /// <summary>The reserved keys that decisions are made on.</summary>
    private sealed record ReservedKeys
    {
        public static ReservedKeys None { get; } = new();

        public long? MaxMessagesPostSize { get; private set; }

        public long? DefaultMessageTtl { get; private set; }

        public long? DefaultMessageDelay { get; private set; }

        public string? DeadLetterQueue { get; private set; }

        public long? DeadLetterQueueMessagesTtl { get; private set; }

        public long? MaxClaimCount { get; private set; }

        public bool EnableEncryptMessages { get; private set; }

        public string? Flavor { get; private set; }

        public static ReservedKeys Read(ReadOnlySpan<byte> utf8)
        {
            var keys = new ReservedKeys();
            var reader = new Utf8JsonReader(utf8, MetadataValue.AnyDepth);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                // Any other key costs no more than stepping over it. An escape may spell an underscore.
                var isReserved = reader.ValueSpan is [(byte)'_' or (byte)'\\', ..];
                var key = isReserved ? reader.GetString() : null;
                reader.Read();
                if (key is null)
                    reader.Skip();
                else
                    keys.Take(key, MetadataValue.Read(ref reader, utf8));
            }

            return keys;
        }

        private void Take(string key, MetadataValue value)
        {
            long? number = value is { IsFalsy: false, Integer: { } whole } ? whole : null;
            var text = value is { IsFalsy: false, Text: { } given } ? given : null;
            switch (key)
            {
                case MaxMessagesPostSizeKey: MaxMessagesPostSize = number; break;
                case DefaultMessageTtlKey: DefaultMessageTtl = number; break;
                case DefaultMessageDelayKey: DefaultMessageDelay = number; break;
                case DeadLetterQueueKey: DeadLetterQueue = text; break;
                case DeadLetterQueueMessagesTtlKey: DeadLetterQueueMessagesTtl = number; break;
                case MaxClaimCountKey: MaxClaimCount = number; break;
                case EnableEncryptMessagesKey: EnableEncryptMessages = value.Type == JsonTokenType.True; break;
                case FlavorKey: Flavor = text; break;
            }
        }
    }
}
