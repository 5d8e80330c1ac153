using Zaqar.Api.OpenApi;

namespace Zaqar.Api.Routing;

/// <summary>One line of the route table: what answers a method of a path, who may ask, and how it is documented.</summary>
/// <param name="Pattern">Literal segments and <c>{names}</c>; a trailing slash counts.</param>
/// <param name="Rule">Policy rule that guards it; null for the documents, which have none. Source: API contract, section 9.4.</param>
/// <param name="Endpoint">The <see cref="IEndpoint"/>.</param>
internal sealed record ApiRoute(string Method, string Pattern, string? Rule, Type Endpoint, Operation Operation)
{
    public const string QueueName = "{queue_name}";
    public const string TopicName = "{topic_name}";

    /// <summary>The version document is the only one that anyone may read without saying who they are.</summary>
    public bool IsOpen => Pattern == "/";
}
