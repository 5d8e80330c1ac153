namespace Zaqar.Domain;

/// <summary>The bounds of the API, as the operator set them; names and defaults are upstream's <c>[transport]</c> options.</summary>
/// <remarks>Source: API contract, sections 6 and 13.</remarks>
public sealed record Limits
{
    /// <summary>Shortest life of a message, claim, grace or subscription, in seconds; fixed.</summary>
    public const int MinTtl = 60;

    /// <summary>Longest project id, in characters; fixed.</summary>
    public const int MaxProjectLength = 256;

    /// <summary>Seconds a message lives when neither it nor its queue says.</summary>
    public int DefaultMessageTtl { get; init; } = 3600;

    /// <summary>Shown as a queue's default delay; a queue that has no delay of its own delays nothing.</summary>
    public int DefaultMessageDelay { get; init; }

    /// <summary>Seconds.</summary>
    public int DefaultClaimTtl { get; init; } = 300;

    /// <summary>Seconds.</summary>
    public int DefaultClaimGrace { get; init; } = 60;

    /// <summary>Seconds.</summary>
    public int DefaultSubscriptionTtl { get; init; } = 3600;

    /// <summary>Schemes that subscribers may have, in lower case, comma-separated.</summary>
    public string SubscriberTypes { get; init; } = "http,https,mailto,trust+http,trust+https";

    public int MaxQueuesPerPage { get; init; } = 20;

    /// <summary>Also the most ids in one GET or DELETE.</summary>
    public int MaxMessagesPerPage { get; init; } = 20;

    public int MaxSubscriptionsPerPage { get; init; } = 20;

    public int MaxPoolsPerPage { get; init; } = 20;

    public int MaxFlavorsPerPage { get; init; } = 20;

    public int MaxMessagesPerClaimOrPop { get; init; } = 20;

    /// <summary>Bytes of a queue's metadata document.</summary>
    public int MaxQueueMetadata { get; init; } = 65536;

    /// <summary>Bytes of one POST messages request.</summary>
    public int MaxMessagesPostSize { get; init; } = 262144;

    /// <summary>Seconds; 14 days.</summary>
    public int MaxMessageTtl { get; init; } = 1209600;

    /// <summary>Seconds.</summary>
    public int MaxMessageDelay { get; init; } = 900;

    /// <summary>Seconds.</summary>
    public int MaxClaimTtl { get; init; } = 43200;

    /// <summary>Seconds.</summary>
    public int MaxClaimGrace { get; init; } = 43200;

    /// <summary><c>strict</c>: a Client-ID is a UUID. <c>off</c>: any text within the two lengths below.</summary>
    public string ClientIdUuidSafe { get; init; } = "strict";

    public int MinLengthClientId { get; init; } = 10;

    public int MaxLengthClientId { get; init; } = 36;

    /// <summary>Whether deleting messages by ids needs the ids of the claims that hold them.</summary>
    public bool MessageDeleteWithClaimId { get; init; }

    /// <summary>Deepest nesting of any JSON document; deeper is refused. Ours, not upstream's.</summary>
    public int MaxJsonDepth { get; init; } = 512;

    /// <summary>Longest <c>wait</c> of a listing or claim, in seconds. Ours, not upstream's.</summary>
    public int MaxWait { get; init; } = 20;

    /// <summary>Whether a message is over whatever one claim did for it: its own end is longer ago than the longest claim and grace.</summary>
    /// <param name="expiresAt">Its end as it was posted. Only claims that were renewed again and again may have kept it longer.</param>
    public bool IsLongOver(DateTimeOffset expiresAt, DateTimeOffset now) => now - expiresAt > TimeSpan.FromSeconds((double)MaxClaimTtl + MaxClaimGrace);

    /// <summary>Whether <see cref="SubscriberTypes"/> names a scheme.</summary>
    /// <param name="scheme">In any case.</param>
    public bool TakesSubscriberType(ReadOnlySpan<char> scheme)
    {
        var types = SubscriberTypes.AsSpan();
        foreach (var type in types.Split(','))
            if (types[type].Trim().Equals(scheme, StringComparison.OrdinalIgnoreCase))
                return true;

        return false;
    }
}
