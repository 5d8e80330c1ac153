using System.Text.Json;
using Zaqar.Domain;

namespace Zaqar.Api.Json;

/// <summary>What a purge throws away: <c>{"resource_types": ["messages", "subscriptions"]}</c>, or both without a body.</summary>
/// <remarks>Source: API contract, section 2.1.</remarks>
internal readonly record struct PurgeBody(bool Messages, bool Subscriptions)
{
    /// <exception cref="BodyInvalid">
    /// <see cref="ErrorKind.InvalidBody"/> for anything but a JSON object; <see cref="ErrorKind.InvalidRequest"/> when the key is missing
    /// or lists anything but the two names.
    /// </exception>
    public static PurgeBody Read(ReadOnlyMemory<byte> utf8, int maxDepth)
    {
        if (utf8.IsEmpty)
            return new(true, true);

        var reader = new StrictJsonReader(utf8.Span, maxDepth);
        reader.Read();
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        var (isGiven, isValid) = (false, false);
        PurgeBody purge = default;
        while (reader.Read())
        {
            if (!isObject || reader.TokenType != JsonTokenType.PropertyName)
                continue;

            var isTypes = reader.Says("resource_types"u8);
            reader.Read();
            if (isTypes)
                (isGiven, isValid, purge) = (true, TryReadTypes(ref reader, out var types), types);
            else
                reader.Skip();
        }

        if (!isObject)
            throw new BodyInvalid("The body is a JSON object.");

        if (!isGiven)
            throw new BodyInvalid("The body has no key resource_types.", ErrorKind.InvalidRequest);

        return isValid
            ? purge
            : throw new BodyInvalid("resource_types is an array of \"messages\" and \"subscriptions\".", ErrorKind.InvalidRequest);
    }

    private static bool TryReadTypes(ref StrictJsonReader reader, out PurgeBody types)
    {
        types = default;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return false;
        }

        var isValid = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String && reader.Says("messages"u8))
                types = types with { Messages = true };
            else if (reader.TokenType == JsonTokenType.String && reader.Says("subscriptions"u8))
                types = types with { Subscriptions = true };
            else
                isValid = false;

            reader.Skip();
        }

        return isValid;
    }
}
