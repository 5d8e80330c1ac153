using Zaqar.Domain.Messages;

namespace Zaqar.Domain;

/// <summary>What a decider decided: an answer for the caller and the events that make it true.</summary>
/// <param name="Events">In order; empty when nothing changes.</param>
/// <param name="DeadLetters">Messages that another queue has to take, in the same transaction where it lives in the same database; null without any.</param>
public sealed record Decision<TAnswer>(TAnswer Answer, IReadOnlyList<object> Events, DeadLetters? DeadLetters = null);

/// <summary>Messages that leave a queue for its dead-letter queue.</summary>
/// <param name="From">Name of the queue they leave.</param>
/// <param name="To">Name of the queue that takes them; made when missing.</param>
/// <param name="Ttl">Seconds they live from now on; null keeps what they had.</param>
public sealed record DeadLetters(string From, string To, long? Ttl, IReadOnlyList<KnownMessage> Messages);
