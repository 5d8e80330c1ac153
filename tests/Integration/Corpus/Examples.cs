using System.Text.Json;
using System.Text.Json.Nodes;

namespace Zaqar.Integration.Corpus;

/// <summary>
/// Makes right bodies from the schemas of the OpenAPI document. Where a type alone does not tell what is right, the word for it is here; a new
/// operation that needs another word cannot be asked, and its good request fails and says so.
/// </summary>
internal sealed class Examples(JsonElement document)
{
    private static readonly Dictionary<string, string> _words = new()
    {
        ["op"] = "\"add\"", ["path"] = "\"/metadata/corpus\"", ["value"] = "1",
        ["paths"] = """["messages"]""", ["methods"] = """["GET"]""", ["expires"] = "\"2099-01-01\"", ["resource_types"] = """["messages"]""",
        ["ttl"] = "300", ["grace"] = "60", ["delay"] = "0", ["body"] = "\"x\"",
        ["_max_messages_post_size"] = "262144", ["_default_message_ttl"] = "300", ["_default_message_delay"] = "0", ["_dead_letter_queue"] = "\"dead\"",
        ["_dead_letter_queue_messages_ttl"] = "300", ["_max_claim_count"] = "5", ["_enable_encrypt_messages"] = "false", ["_retry_policy"] = "{}",
        ["weight"] = "0", ["flavor"] = "\"corpus\"", ["pool_list"] = $"""["{PooledCorpusService.Pool}"]""",
        ["post_headers"] = """{"X-Of": "corpus"}""", ["options"] = """{"of": "corpus"}""", ["from"] = "\"corpus@example.com\"",
    };

    /// <param name="number">What has to differ from body to body is made from it.</param>
    public JsonNode Body(DocumentedBody body, int number) => Of(body.Schema, "", number)!;

    private JsonNode? Of(JsonElement schema, string name, int number)
    {
        if (schema.TryGetProperty("$ref", out var reference))
            schema = document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]);

        if (name == "subscriber")
            return $"http://subscriber.example.com/{number}";
        if (name == "uri")
            return $"postgresql://zaqar@127.0.0.1:1/corpus{number}";
        if (TypeOf(schema) != "object" && _words.TryGetValue(name, out var word))
            return JsonNode.Parse(word);

        return TypeOf(schema) switch
        {
            "object" => new JsonObject(schema.TryGetProperty("properties", out var members)
                ? members.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, Of(member.Value, member.Name, number))) : []),
            "array" => new JsonArray(Of(schema.GetProperty("items"), "", number)),
            "integer" or "number" => 60,
            "boolean" => true,
            _ => "x",
        };
    }

    private static string? TypeOf(JsonElement schema) => !schema.TryGetProperty("type", out var type) ? null
        : type.ValueKind == JsonValueKind.String ? type.GetString()
        : type.EnumerateArray().Select(one => one.GetString()).First(one => one != "null");
}
