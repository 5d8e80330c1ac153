using System.Text.Json;
using Zaqar.Domain;

namespace Zaqar.Api.Json;

/// <summary>What a pre-signed URL is to open: <c>{"paths": ["messages"], "methods": ["GET"], "expires": "2030-01-01T00:00:00"}</c>.</summary>
/// <param name="Collections">Some of messages, subscriptions, claims; messages where the body has none.</param>
/// <param name="Methods">Any texts; GET where the body has none.</param>
/// <param name="Expires">UTC; null where the body does not say.</param>
/// <remarks>Null counts as absent, and the last of repeated keys wins. Source: API contract, sections 2.9 and 12.</remarks>
internal sealed record ShareBody(IReadOnlyList<string> Collections, IReadOnlyList<string> Methods, DateTimeOffset? Expires)
{
    /// <summary>Bytes of a body; far more than any needs.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <exception cref="BodyInvalid">
    /// <see cref="ErrorKind.InvalidBody"/> for anything but a JSON object; <see cref="ErrorKind.InvalidRequest"/> for unknown keys and
    /// values of another type or meaning.
    /// </exception>
    public static ShareBody Read(ReadOnlyMemory<byte> utf8, int maxDepth)
    {
        var reader = new StrictJsonReader(utf8.Span, maxDepth);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            // Whether it is JSON at all decides first.
            while (reader.Read())
            {
            }

            throw new BodyInvalid("The body is a JSON object.");
        }

        // A complaint that a later, repeated key takes back; so is each kept until the end.
        string? unknown = null, badPaths = null, badMethods = null, badExpires = null;
        IReadOnlyList<string> paths = [], methods = [];
        DateTimeOffset? expires = null;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;

            if (reader.Says("paths"u8))
                badPaths = ReadTexts(ref reader, out paths) && paths.All(path => path is "messages" or "subscriptions" or "claims")
                    ? null : "paths is an array of \"messages\", \"subscriptions\" and \"claims\".";
            else if (reader.Says("methods"u8))
                badMethods = ReadTexts(ref reader, out methods) ? null : "methods is an array of HTTP methods.";
            else if (reader.Says("expires"u8))
                badExpires = ReadExpires(ref reader, out expires) ? null : "expires is an ISO 8601 date, or date and time, in a string.";
            else
                unknown = Skip(ref reader);
        }

        return (unknown ?? badPaths ?? badMethods ?? badExpires) is { } complaint
            ? throw new BodyInvalid(complaint, ErrorKind.InvalidRequest)
            : new(paths is [] ? ["messages"] : paths, methods is [] ? ["GET"] : methods, expires);
    }

    private static string Skip(ref StrictJsonReader reader)
    {
        reader.Read();
        reader.Skip();
        return "The body has other keys than paths, methods and expires.";
    }

    private static bool ReadTexts(ref StrictJsonReader reader, out IReadOnlyList<string> texts)
    {
        var read = new List<string>();
        texts = read;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return reader.TokenType == JsonTokenType.Null;
        }

        var isValid = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.Text is { } text)
                read.Add(text);
            else
                isValid = false;

            reader.Skip();
        }

        return isValid;
    }

    private static bool ReadExpires(ref StrictJsonReader reader, out DateTimeOffset? expires)
    {
        expires = null;
        reader.Read();
        if (reader.Text is { } text)
            return IsoInstant.TryRead(text, out expires);

        reader.Skip();
        return reader.TokenType == JsonTokenType.Null;
    }
}
