namespace Zaqar.Domain.Messages;

public sealed class TtlOutOfRange(long ttl, int max)
    : RejectedException(ErrorKind.InvalidRequest, $"A message's ttl is between {Limits.MinTtl} and {max} seconds; {ttl} was given.");

public sealed class DelayOutOfRange(long delay, int max)
    : RejectedException(ErrorKind.InvalidRequest, $"A message's delay is between 0 and {max} seconds; {delay} was given.");

public sealed class DelayNotInteger()
    : RejectedException(ErrorKind.InvalidBody, "A message's delay is a whole number of seconds.");

public sealed class PostTooLarge(long bytes, long max)
    : RejectedException(ErrorKind.InvalidRequest, $"A post here has at most {max} bytes; {bytes} were sent.");

public sealed class MessageNotFound(string id)
    : RejectedException(ErrorKind.NotFound, $"Message {id} does not exist.");

/// <summary>A delete without a claim, or with another live one, of a message that someone holds.</summary>
public sealed class MessageClaimedByAnother(MessageId id)
    : RejectedException(ErrorKind.Claimed, $"Message {id} is claimed; its claim id is needed to delete it.");

/// <summary>A delete with a claim that does not hold the message or is over.</summary>
public sealed class MessageNotClaimed(MessageId id)
    : RejectedException(ErrorKind.BadClaim, $"The given claim does not hold message {id}.");
