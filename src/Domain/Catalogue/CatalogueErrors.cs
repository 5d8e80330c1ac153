using Zaqar.Domain.Queues;

namespace Zaqar.Domain.Catalogue;

/// <summary>A queue's metadata names a flavor that is not there.</summary>
/// <param name="kind"><see cref="ErrorKind.InvalidRequest"/> for a queue to be made, <see cref="ErrorKind.NotFound"/> for one to be changed.</param>
public sealed class FlavorUnknown(string flavor, ErrorKind kind)
    : RejectedException(kind, $"There is no flavor {flavor}.");

/// <summary>No pool takes a new queue.</summary>
public sealed class NoPool(QueueId queue)
    : RejectedException(ErrorKind.Unavailable, $"There is no pool for the {queue.Noun} {queue.ShownName}: none of its flavor has any weight.");

/// <summary>A pool that a queue is in is not to be reached from this node.</summary>
public sealed class PoolAway(string pool)
    : RejectedException(ErrorKind.Unavailable, $"The pool {pool} is away.");
