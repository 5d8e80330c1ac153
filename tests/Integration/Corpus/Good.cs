using System.Text.Json.Nodes;

namespace Zaqar.Integration.Corpus;

/// <summary>A right request of one operation, to be asked as it is or to be made bad.</summary>
/// <param name="Body">Null where the operation reads none.</param>
internal sealed record Good(DocumentedOperation Operation, Scene Scene, JsonNode? Body)
{
    private const string Client = "3381af92-2b9e-11e3-b191-71861300734c";

    /// <exception cref="NotSupportedException">A header or the body is of a sort that nobody knows how to make.</exception>
    public static Good Of(DocumentedOperation operation, Scene scene, Examples examples, int number) =>
        new(operation, scene, operation.Body is { } body ? examples.Body(body, number) : null);

    public WireRequest Wire(JsonNode? body = null) => Wire((body ?? Body)?.ToJsonString());

    /// <param name="body">Latin-1; null for none.</param>
    public WireRequest Wire(string? body) => new(
        Operation.Method, PathWith("", ""), [("Host", "localhost"), ("Accept", "application/json"), .. Operation.Headers.Select(name => (name, Header(name))), .. ContentType])
    {
        Body = body, Query = Query,
    };

    /// <summary>The path, with another name for one of those that it has.</summary>
    public string PathWith(string parameter, string name) => string.Join('/', Operation.Path.Split('/').Select(segment =>
        !segment.StartsWith('{') ? segment : segment.Trim('{', '}') is var known && known == parameter ? name : Scene.Names[known]));

    // What an operation cannot do without, and the document cannot say: bulk deletes have ids or a number.
    private string Query => Operation.Query.Any(parameter => parameter.Name == "pop") ? "pop=1" : "";

    private IEnumerable<(string, string)> ContentType => Operation.Body is { } body ? [("Content-Type", body.ContentType)] : [];

    private string Header(string name) => name switch
    {
        "Client-ID" => Client,
        "X-Project-ID" => Scene.Project,
        "X-Roles" => "admin",
        _ => throw new NotSupportedException($"The corpus cannot ask {Operation.Id}: nobody has told it what a right {name} is."),
    };
}
