using System.Globalization;
using System.Text.Json;

namespace Zaqar.Integration.Corpus;

/// <summary>One operation, as the OpenAPI document that the service serves has it.</summary>
/// <param name="Names">Of what stands in the path.</param>
/// <param name="Headers">That the operation cannot do without.</param>
/// <param name="Body">Null where none is read.</param>
/// <param name="Answers">Content type of each documented status; null for one without a body.</param>
internal sealed record DocumentedOperation(
    string Id, string Method, string Path, IReadOnlyList<string> Names, IReadOnlyList<string> Headers, IReadOnlyList<DocumentedParameter> Query,
    DocumentedBody? Body, IReadOnlyDictionary<int, string?> Answers)
{
    /// <summary>Whether nobody has to say who asks.</summary>
    public bool IsOpen => Headers.Count == 0;

    public bool Changes => Method is not ("GET" or "HEAD");

    public static IReadOnlyList<DocumentedOperation> In(JsonElement document) =>
    [
        .. from path in document.GetProperty("paths").EnumerateObject()
           from method in path.Value.EnumerateObject()
           select Of(path.Name, method.Name.ToUpperInvariant(), method.Value),
    ];

    private static DocumentedOperation Of(string path, string method, JsonElement told)
    {
        var parameters = told.TryGetProperty("parameters", out var given) ? given.EnumerateArray().ToArray() : [];
        return new(
            told.GetProperty("operationId").GetString()!, method, path,
            [.. NamesOf("path")], [.. NamesOf("header")],
            [.. parameters.Where(one => In(one) == "query").Select(DocumentedParameter.Of)],
            told.TryGetProperty("requestBody", out var body) ? DocumentedBody.Of(body) : null,
            told.GetProperty("responses").EnumerateObject().ToDictionary(
                answer => int.Parse(answer.Name, CultureInfo.InvariantCulture),
                answer => answer.Value.TryGetProperty("content", out var content) ? content.EnumerateObject().First().Name : null));

        IEnumerable<string> NamesOf(string place) => parameters.Where(one => In(one) == place).Select(one => one.GetProperty("name").GetString()!);

        static string? In(JsonElement parameter) => parameter.GetProperty("in").GetString();
    }
}

/// <param name="Type">As JSON Schema calls it.</param>
/// <param name="Min">Null without a bound.</param>
/// <param name="Max">Null without a bound; of an array, how many it may have.</param>
internal sealed record DocumentedParameter(string Name, string Type, long? Min, long? Max)
{
    public static DocumentedParameter Of(JsonElement parameter)
    {
        var schema = parameter.GetProperty("schema");
        return new(parameter.GetProperty("name").GetString()!, schema.GetProperty("type").GetString()!, Bound("minimum"), Bound("maximum") ?? Bound("maxItems"));

        long? Bound(string name) => schema.TryGetProperty(name, out var bound) ? bound.GetInt64() : null;
    }
}

internal sealed record DocumentedBody(JsonElement Schema, string ContentType, bool IsRequired)
{
    public static DocumentedBody Of(JsonElement body)
    {
        var content = body.GetProperty("content").EnumerateObject().First();
        return new(content.Value.GetProperty("schema"), content.Name, body.TryGetProperty("required", out var required) && required.GetBoolean());
    }
}
