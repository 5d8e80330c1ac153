using Zaqar.Domain;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Unit.Messages.Deleting;

/// <summary>
/// The matrix of deleting message 1: a file for each state of the message, a test for each claim that a client may give.
/// <see cref="Story.Mine"/> is the claim that is right where one is, <see cref="Story.Theirs"/> another live one.
/// </summary>
internal static class Deletion
{
    public static Func<QueueState, DateTimeOffset, Decision<bool>> With(Guid? claim) =>
        (queue, now) => MessageDecider.Delete(queue, Story.IdOf(1), claim, Story.Client, now);
}
