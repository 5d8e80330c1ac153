using System.Text.Json;

namespace Zaqar.Domain.Queues;

/// <summary>Reads the body of a queue's PATCH: an array like a JSON patch whose paths are <c>/metadata/KEY</c>.</summary>
/// <remarks>Source: API contract, section 2.1.</remarks>
public static class MetadataPatch
{
    /// <param name="utf8">Valid JSON.</param>
    /// <returns>In the order given; empty for an empty array, which is legal.</returns>
    /// <exception cref="MetadataPatchInvalid">No array of such operations.</exception>
    public static IReadOnlyList<MetadataOperation> Parse(ReadOnlyMemory<byte> utf8)
    {
        var document = utf8.Span;
        var reader = new Utf8JsonReader(document, MetadataValue.AnyDepth);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            throw new MetadataPatchInvalid("A patch is an array of operations.");

        var operations = new List<MetadataOperation>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            operations.Add(ReadOperation(ref reader, document));

        return operations;
    }

    private static MetadataOperation ReadOperation(ref Utf8JsonReader reader, ReadOnlySpan<byte> document)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new MetadataPatchInvalid("Each operation of a patch is an object.");

        MetadataValue op = default, path = default;
        string? value = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString();
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (key is "op")
                op = MetadataValue.Read(ref reader, document);
            else if (key is "path")
                path = MetadataValue.Read(ref reader, document);
            else
                reader.Skip();

            if (key is "value")
                value = JsonText.Of(document[start..(int)reader.BytesConsumed]);
        }

        var kind = op.Text switch
        {
            "add" => MetadataOperationKind.Add,
            "replace" => MetadataOperationKind.Replace,
            "remove" => MetadataOperationKind.Remove,
            _ => throw new MetadataPatchInvalid("An operation's op is add, replace or remove."),
        };
        var pointed = KeyAt(kind, path.Text ?? throw new MetadataPatchInvalid("An operation has a path, a string."));
        return kind == MetadataOperationKind.Remove
            ? new(kind, pointed, null)
            : new(kind, pointed, value ?? throw new MetadataPatchInvalid("An operation that adds or replaces has a value."));
    }

    private static string KeyAt(MetadataOperationKind kind, string pointer)
    {
        if (!pointer.StartsWith('/'))
            throw new MetadataPatchInvalid("A path begins with a slash.");

        var tokens = pointer[1..].Split('/');
        if (tokens.Length != 2 || tokens.Any(token => token.Length == 0))
            throw new MetadataPatchInvalid("A path is /metadata/KEY, without further slashes; a slash in the key is spelled ~1.");

        var (root, key) = (Decoded(tokens[0]), Decoded(tokens[1]));

        // The original never looks at the root of a remove.
        if (kind != MetadataOperationKind.Remove && !root.Equals("metadata", StringComparison.OrdinalIgnoreCase))
            throw new MetadataPatchInvalid("A path begins with /metadata/.");

        return key;
    }

    private static string Decoded(string token)
    {
        for (var i = token.IndexOf('~', StringComparison.Ordinal); i >= 0; i = token.IndexOf('~', i + 1))
            if (i + 1 == token.Length || token[i + 1] is not ('0' or '1'))
                throw new MetadataPatchInvalid("In a path, ~ is followed by 0 or 1.");

        return token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal).Trim();
    }
}

/// <summary>A patch's body is not what a patch must be.</summary>
public sealed class MetadataPatchInvalid(string reason) : RejectedException(ErrorKind.InvalidBody, reason);
