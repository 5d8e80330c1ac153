using Zaqar.Api.Requests;
using Zaqar.Application.Identity;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Api.WebSockets;

/// <summary>Who asks over a connection, and for what; it has passed schema, authentication and policy.</summary>
/// <param name="queue">Without a name where the action names none.</param>
/// <param name="json">The body as it stands in the frame; it lives as long as who keeps it.</param>
internal sealed class Request(Credentials by, Actor actor, QueueId queue, Members body, ReadOnlyMemory<byte> json, ISelf self, bool isBinary)
{
    public Credentials By { get; } = by;

    public Actor Actor { get; } = actor;

    public QueueId Queue { get; } = queue;

    public Members Body { get; } = body;

    public ReadOnlyMemory<byte> Json { get; } = json;

    /// <summary>The connection, for who subscribes itself.</summary>
    public ISelf Self { get; } = self;

    public bool IsBinary { get; } = isBinary;

    /// <summary>Whoever showed a token that the identity service knows; null without one, and for who shows a signature.</summary>
    public Trustor? Trustor { get; init; }
}
