using System.Text;
using System.Text.Json;
using Zaqar.Domain.Pools;

namespace Zaqar.Api.Json;

/// <summary>Reads what a client says about a pool: <c>{"uri": text, "weight": int, "flavor": text, "options": object}</c>.</summary>
/// <remarks>
/// The last of repeated keys wins; options are kept byte for byte; a flavor that is null is none. Values are never quoted, for a URI has a
/// password. Source: API contract, sections 1.7, 2.5 and 12.
/// </remarks>
internal static class PoolBody
{
    /// <summary>Bytes of a body; options are what may be long.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Reads the body that puts a pool: uri and weight are needed, and there are no other keys.</summary>
    /// <exception cref="BodyInvalid">Anything else than that.</exception>
    public static PoolDraft ReadForPut(ReadOnlyMemory<byte> utf8, int maxDepth)
    {
        var fields = Fields.Read(utf8.Span, maxDepth);
        if (fields.HasOthers)
            throw new BodyInvalid("The body has other keys than uri, weight, flavor and options.");

        return !fields.Uri.IsGiven || !fields.Weight.IsGiven
            ? throw new BodyInvalid("A pool has a uri and a weight.")
            : fields.Draft(utf8.Span);
    }

    /// <summary>Reads the body that changes a pool: at least one of the keys, and any others, which mean nothing.</summary>
    /// <exception cref="BodyInvalid">Anything else than that.</exception>
    public static PoolDraft ReadForPatch(ReadOnlyMemory<byte> utf8, int maxDepth)
    {
        var fields = Fields.Read(utf8.Span, maxDepth);
        return fields.Uri.IsGiven || fields.Weight.IsGiven || fields.Flavor.IsGiven || fields.Options.IsGiven
            ? fields.Draft(utf8.Span)
            : throw new BodyInvalid("A change of a pool has at least one of uri, weight, flavor and options.");
    }

    private struct Fields
    {
        public Field Uri;
        public Field Weight;
        public Field Flavor;
        public Field Options;
        public bool HasOthers;

        public static Fields Read(ReadOnlySpan<byte> utf8, int maxDepth)
        {
            var reader = new StrictJsonReader(utf8, maxDepth);
            reader.Read();
            var isObject = reader.TokenType == JsonTokenType.StartObject;

            // Whether the JSON is valid to its end decides before the meaning of any part of it.
            var fields = new Fields();
            while (reader.Read())
            {
                if (!isObject || reader.TokenType != JsonTokenType.PropertyName)
                    continue;

                if (reader.Says("uri"u8))
                    fields.Uri = Field.Read(ref reader);
                else if (reader.Says("weight"u8))
                    fields.Weight = Field.Read(ref reader);
                else if (reader.Says("flavor"u8))
                    fields.Flavor = Field.Read(ref reader);
                else if (reader.Says("options"u8))
                    fields.Options = Field.Read(ref reader);
                else
                    fields.HasOthers = Field.Read(ref reader).IsGiven;
            }

            return isObject ? fields : throw new BodyInvalid("The body is a JSON object.");
        }

        public readonly PoolDraft Draft(ReadOnlySpan<byte> utf8) => new(
            !Uri.IsGiven ? null : Uri.Text ?? throw new BodyInvalid("A pool's uri is a string."),
            !Weight.IsGiven ? null : Weight.Integer ?? throw new BodyInvalid("A pool's weight is a whole number."),
            !Flavor.IsGiven ? null : Flavor.Type == JsonTokenType.Null ? "" : Flavor.Text ?? throw new BodyInvalid("A pool's flavor is a string."),
            !Options.IsGiven ? null
                : Options.Type == JsonTokenType.StartObject ? Encoding.UTF8.GetString(utf8[Options.Start..Options.End])
                : throw new BodyInvalid("A pool's options are an object."));
    }

    /// <param name="Text">Of a string; null for everything else.</param>
    private readonly record struct Field(JsonTokenType Type, int Start, int End, long? Integer, string? Text)
    {
        public bool IsGiven => Type != JsonTokenType.None;

        /// <summary>Reads the value after the name that the reader stands on.</summary>
        public static Field Read(ref StrictJsonReader reader)
        {
            reader.Read();
            var (type, start, integer, text) = (reader.TokenType, reader.TokenStart, reader.Integer, reader.Text);
            reader.Skip();
            return new(type, start, reader.TokenEnd, integer, text);
        }
    }
}
