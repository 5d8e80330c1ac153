using Zaqar.Application.Identity;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Api.Requests;

/// <summary>Who asks, and about what; set up once by the checks that every request passes.</summary>
/// <param name="by">As the policy sees who asks.</param>
/// <param name="queue">The queue or topic that the path names, or that kind of thing without a name where it names none.</param>
/// <param name="item">The id of the message, claim or subscription, or the name of the pool or flavor, that the path has, not judged yet; empty without one.</param>
/// <param name="part">Likewise the id of what belongs to the item: of a delivery to a subscription.</param>
internal sealed class Caller(Credentials by, Actor actor, QueueId queue, string item, string part = "")
{
    public Credentials By { get; } = by;

    public string Project => By.Project;

    public Actor Actor { get; } = actor;

    public QueueId Queue { get; } = queue;

    public string Item { get; } = item;

    public string Part { get; } = part;

    /// <summary>Whoever showed a token that the identity service knows; null without one.</summary>
    public Trustor? Trustor { get; init; }

    /// <summary>The caller of a request that has passed the checks.</summary>
    public static Caller Of(HttpContext context) => context.Features.Get<Caller>()
        ?? throw new InvalidOperationException("This request has not passed the checks.");
}
