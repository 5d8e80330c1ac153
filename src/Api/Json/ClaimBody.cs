using System.Text.Json;

namespace Zaqar.Api.Json;

/// <summary>What a client says about a claim, <c>{"ttl": int, "grace": int}</c>, in seconds; null when it says nothing.</summary>
/// <remarks>
/// Null counts as absent, for python-zaqarclient sends it. Unknown fields are dropped, <c>limit</c> too, which openstacksdk puts here.
/// The bounds are judged later, by the queue. Source: API contract, sections 2.3 and 12.
/// </remarks>
internal readonly record struct ClaimBody(long? Ttl, long? Grace)
{
    /// <summary>Reads the body of a claim's creation, which may be missing.</summary>
    /// <exception cref="BodyInvalid">No JSON object, or a field that is no integer.</exception>
    public static ClaimBody ReadForCreation(ReadOnlyMemory<byte> utf8, int maxDepth) =>
        utf8.IsEmpty ? default : Read(utf8.Span, maxDepth);

    /// <summary>Reads the body of a claim's renewal.</summary>
    /// <exception cref="BodyInvalid">No body, no JSON object, or a field that is no integer.</exception>
    public static ClaimBody ReadForRenewal(ReadOnlyMemory<byte> utf8, int maxDepth) => Read(utf8.Span, maxDepth);

    private static ClaimBody Read(ReadOnlySpan<byte> utf8, int maxDepth)
    {
        var reader = new StrictJsonReader(utf8, maxDepth);
        reader.Read();
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        Field ttl = default, grace = default;
        while (reader.Read())
        {
            if (!isObject || reader.TokenType != JsonTokenType.PropertyName)
                continue;

            var (isTtl, isGrace) = (reader.Says("ttl"u8), reader.Says("grace"u8));
            reader.Read();
            if (isTtl)
                ttl = Field.Of(reader);
            else if (isGrace)
                grace = Field.Of(reader);

            reader.Skip();
        }

        return isObject
            ? new(ttl.Seconds("ttl"), grace.Seconds("grace"))
            : throw new BodyInvalid("The body is a JSON object.");
    }

    private readonly record struct Field(long? Integer, bool IsMistyped)
    {
        public static Field Of(in StrictJsonReader reader) =>
            new(reader.Integer, reader.Integer is null && reader.TokenType != JsonTokenType.Null);

        public long? Seconds(string name) =>
            IsMistyped ? throw new BodyInvalid($"A claim's {name} is a whole number of seconds.") : Integer;
    }
}
