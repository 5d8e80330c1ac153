namespace Zaqar.Domain.Messages;

/// <summary>Dead letters on their way to a queue in another database. It may come more than once, and is taken once.</summary>
/// <param name="Id">What the receiver knows it by.</param>
/// <param name="Content">The messages with their bodies as the queue that they left had them, by their places there; at least one.</param>
/// <param name="By">Who claimed them once too often.</param>
public sealed record Letter(Guid Id, DeadLetters Content, Actor By);
