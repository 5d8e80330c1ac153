namespace Zaqar.Domain.Queues;

public sealed class QueueNotFound(QueueId queue)
    : RejectedException(ErrorKind.NotFound, $"The {queue.Noun} {queue.ShownName} does not exist.");

/// <summary>A queue's metadata breaks a rule of a reserved key.</summary>
public sealed class MetadataInvalid(string reason, ErrorKind kind = ErrorKind.InvalidRequest)
    : RejectedException(kind, reason);

/// <summary>A patch names a key that is not there.</summary>
public sealed class MetadataKeyMissing(string key)
    : RejectedException(ErrorKind.Conflict, $"The metadata has no key {key} to replace or remove.");

/// <summary>A queue is on its way from one database to another; nothing has been changed.</summary>
public abstract class QueueHeld(string reason) : RejectedException(ErrorKind.Unavailable, reason);

/// <summary>A queue is being moved, and may be changed again in a moment.</summary>
public sealed class QueueMoving(QueueId queue) : QueueHeld($"The {queue.Noun} {queue.ShownName} is being moved.");

/// <summary>A queue lives in another database than the one that was asked.</summary>
public sealed class QueueMoved(QueueId queue) : QueueHeld($"The {queue.Noun} {queue.ShownName} has been moved.");

/// <summary>A queue cannot be moved as things are; it stays where it was.</summary>
/// <param name="reason">A sentence.</param>
public sealed class MoveRefused(string reason) : RejectedException(ErrorKind.Conflict, reason);

/// <summary>More work waits than the service can hold, or the outcome of a commit is unknown.</summary>
public sealed class ServiceBusy(string reason)
    : RejectedException(ErrorKind.Unavailable, reason);
