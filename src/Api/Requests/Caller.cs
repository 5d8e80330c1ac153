using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Api.Requests;

/// <summary>Who asks, and about what; set up once by the checks that every request passes.</summary>
/// <param name="project">Empty only for the version document.</param>
/// <param name="queueName">A valid name, or empty where the path names no queue.</param>
/// <param name="item">The id of a message, claim or subscription in the path, not judged yet; empty without one.</param>
internal sealed class Caller(string project, Actor actor, string queueName, string item)
{
    public string Project { get; } = project;

    public Actor Actor { get; } = actor;

    public QueueId Queue { get; } = new(project, queueName);

    public string Item { get; } = item;

    /// <summary>The caller of a request that has passed the checks.</summary>
    public static Caller Of(HttpContext context) => context.Features.Get<Caller>()
        ?? throw new InvalidOperationException("This request has not passed the checks.");
}
