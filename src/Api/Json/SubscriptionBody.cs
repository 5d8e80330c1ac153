using System.Text.Json;
using Zaqar.Domain;
using Zaqar.Domain.Subscriptions;

namespace Zaqar.Api.Json;

/// <summary>Reads what a client says about a subscription: <c>{"subscriber": uri, "ttl": int, "options": object}</c>, ttl in seconds.</summary>
/// <remarks>
/// No body is an empty object, as in the original. Unknown fields are dropped, the last of repeated keys wins; options are kept byte for byte.
/// Source: API contract, sections 1.7, 2.4 and 12.
/// </remarks>
internal static class SubscriptionBody
{
    /// <summary>Bytes of a body: options and subscriber at their longest, and room for how they may be spelled.</summary>
    public const int MaxBytes = 128 * 1024;

    /// <summary>Reads the body of a creation: null options count as absent, a null ttl does not.</summary>
    /// <exception cref="BodyInvalid"><see cref="ErrorKind.InvalidBody"/> for anything but a JSON object, else <see cref="ErrorKind.InvalidRequest"/>.</exception>
    /// <exception cref="SubscriptionOptionsInvalid">The options break a rule.</exception>
    public static SubscriptionDraft ReadForCreation(ReadOnlyMemory<byte> utf8, int maxDepth)
    {
        var fields = Fields.Read(utf8.Span, maxDepth);
        return new(
            fields.Subscriber.Text ?? throw Refusal("A subscription has a subscriber, a URI."),
            fields.Ttl.IsGiven ? fields.Ttl.Integer ?? throw TtlMistyped() : null,
            fields.Options.IsNull ? SubscriptionOptions.Empty : Options(fields.Options, utf8.Span));
    }

    /// <summary>Reads the body by which a connection subscribes itself: its subscriber is missing, null or empty.</summary>
    /// <param name="node">The one that has the connection.</param>
    /// <exception cref="BodyInvalid">As for any other creation.</exception>
    /// <exception cref="SubscriptionOptionsInvalid">The options break a rule.</exception>
    public static SubscriptionDraft ReadForConnection(ReadOnlyMemory<byte> utf8, string subscriber, Guid node, int maxDepth)
    {
        var fields = Fields.Read(utf8.Span, maxDepth);
        return new(subscriber, fields.Ttl.Integer, fields.Options.IsNull ? SubscriptionOptions.Empty : Options(fields.Options, utf8.Span), Node: node);
    }

    /// <summary>Reads the body of a change: null counts as absent.</summary>
    /// <exception cref="NothingToUpdate">No field is left.</exception>
    /// <exception cref="BodyInvalid">As for a creation.</exception>
    /// <exception cref="SubscriptionOptionsInvalid">The options break a rule.</exception>
    public static SubscriptionChange ReadForChange(ReadOnlyMemory<byte> utf8, int maxDepth)
    {
        var fields = Fields.Read(utf8.Span, maxDepth);
        return fields is { Subscriber.IsNull: true, Ttl.IsNull: true, Options.IsNull: true }
            ? throw new NothingToUpdate()
            : new(
                fields.Subscriber.IsNull ? null : fields.Subscriber.Text ?? throw Refusal("A subscriber is a URI."),
                fields.Ttl.IsNull ? null : fields.Ttl.Integer ?? throw TtlMistyped(),
                fields.Options.IsNull ? null : Options(fields.Options, utf8.Span));
    }

    /// <summary>Reads the body of a confirmation: <c>{"confirmed": bool}</c>.</summary>
    /// <exception cref="BodyInvalid"><see cref="ErrorKind.InvalidBody"/> for anything but a JSON object, else <see cref="ErrorKind.InvalidRequest"/>.</exception>
    public static bool ReadForConfirmation(ReadOnlyMemory<byte> utf8, int maxDepth) =>
        Fields.Read(utf8.Span, maxDepth).Confirmed.Type switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            _ => throw Refusal("confirmed is true or false."),
        };

    private static SubscriptionOptions Options(Field options, ReadOnlySpan<byte> utf8) =>
        options.Type == JsonTokenType.StartObject
            ? SubscriptionOptions.FromClient(utf8[options.Start..options.End])
            : throw Refusal("A subscription's options are a JSON object.");

    private static BodyInvalid TtlMistyped() => Refusal("A subscription's ttl is a whole number of seconds.");

    private static BodyInvalid Refusal(string reason) => new(reason, ErrorKind.InvalidRequest);

    private struct Fields
    {
        public Field Subscriber;
        public Field Ttl;
        public Field Options;
        public Field Confirmed;

        public static Fields Read(ReadOnlySpan<byte> utf8, int maxDepth)
        {
            var fields = new Fields();
            if (utf8.IsEmpty)
                return fields;

            var reader = new StrictJsonReader(utf8, maxDepth);
            reader.Read();
            var isObject = reader.TokenType == JsonTokenType.StartObject;

            // Whether the JSON is valid to its end decides before the meaning of any part of it.
            while (reader.Read())
            {
                if (!isObject || reader.TokenType != JsonTokenType.PropertyName)
                    continue;

                if (reader.Says("subscriber"u8))
                    fields.Subscriber = Field.Read(ref reader);
                else if (reader.Says("ttl"u8))
                    fields.Ttl = Field.Read(ref reader);
                else if (reader.Says("options"u8))
                    fields.Options = Field.Read(ref reader);
                else if (reader.Says("confirmed"u8))
                    fields.Confirmed = Field.Read(ref reader);
                else
                    Field.Read(ref reader);
            }

            return isObject ? fields : throw new BodyInvalid("The body is a JSON object.");
        }
    }

    /// <param name="Text">Of a string that is not empty; null for everything else.</param>
    private readonly record struct Field(JsonTokenType Type, int Start, int End, long? Integer, string? Text)
    {
        public bool IsGiven => Type != JsonTokenType.None;

        /// <summary>Null, or not given.</summary>
        public bool IsNull => Type is JsonTokenType.None or JsonTokenType.Null;

        /// <summary>Reads the value after the name that the reader stands on.</summary>
        public static Field Read(ref StrictJsonReader reader)
        {
            reader.Read();
            var (type, start, integer) = (reader.TokenType, reader.TokenStart, reader.Integer);
            var text = type == JsonTokenType.String && reader.Text is { Length: > 0 } given ? given : null;
            reader.Skip();
            return new(type, start, reader.TokenEnd, integer, text);
        }
    }
}
