using System.Text.Json;

namespace Zaqar.Api.Json;

/// <summary>Reads which pools a flavor is to have: <c>{"pool_list": ["p1", "p2"]}</c>.</summary>
/// <remarks>The last of repeated keys wins. Source: API contract, sections 1.7 and 2.6.</remarks>
internal static class FlavorBody
{
    /// <summary>Bytes of a body; room for some hundred names.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Reads the body that puts a flavor: beside the list it may have <c>capabilities</c>, an object, which mean nothing.</summary>
    /// <exception cref="BodyInvalid">Anything else than that; no pool_list too.</exception>
    public static IReadOnlyList<string> ReadForPut(ReadOnlyMemory<byte> utf8, int maxDepth) => Read(utf8.Span, maxDepth, isWhole: true);

    /// <summary>Reads the body that changes a flavor: any other keys mean nothing.</summary>
    /// <exception cref="BodyInvalid">It has no pool_list, or that is no array of strings.</exception>
    public static IReadOnlyList<string> ReadForPatch(ReadOnlyMemory<byte> utf8, int maxDepth) => Read(utf8.Span, maxDepth, isWhole: false);

    private static IReadOnlyList<string> Read(ReadOnlySpan<byte> utf8, int maxDepth, bool isWhole)
    {
        var reader = new StrictJsonReader(utf8, maxDepth);
        reader.Read();
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        var (hasOthers, badCapabilities) = (false, false);
        IReadOnlyList<string>? pools = null;

        // Whether the JSON is valid to its end decides before the meaning of any part of it.
        while (reader.Read())
        {
            if (!isObject || reader.TokenType != JsonTokenType.PropertyName)
                continue;

            if (reader.Says("pool_list"u8))
            {
                pools = ReadNames(ref reader);
                continue;
            }

            var isCapabilities = reader.Says("capabilities"u8);
            hasOthers |= !isCapabilities;
            reader.Read();
            badCapabilities = isCapabilities ? reader.TokenType != JsonTokenType.StartObject : badCapabilities;
            reader.Skip();
        }

        if (!isObject)
            throw new BodyInvalid("The body is a JSON object.");

        if (isWhole && hasOthers)
            throw new BodyInvalid("The body has other keys than pool_list and capabilities.");

        if (isWhole && badCapabilities)
            throw new BodyInvalid("A flavor's capabilities are an object.");

        return pools ?? throw new BodyInvalid("A flavor has a pool_list, an array of names.");
    }

    // Null for what is no array of strings.
    private static List<string>? ReadNames(ref StrictJsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return null;
        }

        var (names, isValid) = (new List<string>(), true);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.Text is { } name)
                names.Add(name);
            else
                isValid = false;

            reader.Skip();
        }

        return isValid ? names : null;
    }
}
