using System.Text;
using System.Text.Json;

namespace Zaqar.Domain.Queues;

/// <summary>The members of a metadata document while it is being changed: ordered, one per key, values as raw JSON.</summary>
internal sealed class MetadataMembers
{
    // A key given again keeps its place and takes the new value, as in the original server's dictionaries.
    private readonly OrderedDictionary<string, Member> _members = [];

    /// <param name="utf8">Valid JSON.</param>
    /// <returns>Null when the document is no object.</returns>
    public static MetadataMembers? TryRead(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, MetadataValue.AnyDepth);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return null;

        var members = new MetadataMembers();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            var keyJson = members._members.TryGetValue(key, out var earlier) ? earlier.KeyJson : JsonText.Of(reader.ValueSpan);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            members._members[key] = new(keyJson, JsonText.Of(utf8[start..(int)reader.BytesConsumed]));
        }

        return members;
    }

    public bool Has(string key) => _members.ContainsKey(key);

    /// <summary>A key's value as raw JSON; null when it is not there.</summary>
    public string? Find(string key) => _members.TryGetValue(key, out var member) ? member.ValueJson : null;

    public void Set(string key, string valueJson) =>
        _members[key] = new(_members.TryGetValue(key, out var member) ? member.KeyJson : JsonText.Escaped(key), valueJson);

    public void Remove(string key) => _members.Remove(key);

    /// <summary>The document without spaces between its members, so never longer than what a client sent.</summary>
    public string ToJson()
    {
        var json = new StringBuilder("{");
        foreach (var member in _members.Values)
            json.Append(json.Length == 1 ? "\"" : ",\"").Append(member.KeyJson).Append("\":").Append(member.ValueJson);

        return json.Append('}').ToString();
    }

    /// <param name="KeyJson">The key's raw spelling without its quotes.</param>
    private readonly record struct Member(string KeyJson, string ValueJson);
}
