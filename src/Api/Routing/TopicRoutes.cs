using Zaqar.Api.OpenApi;
using Zaqar.Api.Queues;
using Zaqar.Api.Responses;

namespace Zaqar.Api.Routing;

/// <summary>
/// The routes of topics: each is the twin of a queue's, answered by the same endpoint, which is told by the path whether a queue or a topic is
/// meant. So what is true of queues is true of topics, also what is added later.
/// </summary>
/// <remarks>Nobody claims from a topic, and none is shared by a pre-signed URL. Source: API contract, section 2.8; ADR 0017.</remarks>
internal static class TopicRoutes
{
    private const string Tag = "Topics";

    // Each means nothing where there are no claims; and topics are not counted.
    private static readonly Parameter[] _ofQueuesAlone = [Parameter.WithCount, Parameter.IncludeClaimed, Parameter.ClaimId, Parameter.ClaimIds];

    public static IEnumerable<ApiRoute> TwinsOf(IEnumerable<ApiRoute> routes) => routes.Where(HasTwin).Select(TwinOf);

    private static bool HasTwin(ApiRoute route) =>
        route.Pattern.StartsWith(Paths.Queues, StringComparison.Ordinal)
        && !route.Pattern.StartsWith($"{Paths.Queues}/{ApiRoute.QueueName}/claims", StringComparison.Ordinal)
        && route.Endpoint != typeof(ShareQueueEndpoint);

    private static ApiRoute TwinOf(ApiRoute route) => route with
    {
        Pattern = Said(route.Pattern), Rule = Said(route.Rule!), Operation = TwinOf(route.Operation),
    };

    private static Operation TwinOf(Operation told) => told with
    {
        Id = Said(told.Id) is var id && id != told.Id ? id : $"{id}_of_topic",
        Tag = Tag,
        Summary = Said(told.Summary),
        Answers =
        [
            .. told.Answers.Select(answer => answer with { Description = Said(answer.Description), Schema = answer.Schema is { } schema ? Said(schema) : null }),
        ],
        Query = [.. told.Query.Except(_ofQueuesAlone).Select(parameter => parameter with { Description = Said(parameter.Description) })],
    };

    private static string Said(string ofQueues) =>
        ofQueues.Replace("queue", "topic", StringComparison.Ordinal).Replace("Queue", "Topic", StringComparison.Ordinal);
}
