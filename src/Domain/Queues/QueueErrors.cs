namespace Zaqar.Domain.Queues;

public sealed class QueueNotFound(QueueId queue)
    : RejectedException(ErrorKind.NotFound, $"The {queue.Noun} {queue.ShownName} does not exist.");

/// <summary>A queue's metadata breaks a rule of a reserved key.</summary>
public sealed class MetadataInvalid(string reason, ErrorKind kind = ErrorKind.InvalidRequest)
    : RejectedException(kind, reason);

/// <summary>A patch names a key that is not there.</summary>
public sealed class MetadataKeyMissing(string key)
    : RejectedException(ErrorKind.Conflict, $"The metadata has no key {key} to replace or remove.");

/// <summary>More work waits than the service can hold, or the outcome of a commit is unknown.</summary>
public sealed class ServiceBusy(string reason)
    : RejectedException(ErrorKind.Unavailable, reason);
