using Zaqar.Application.Encryption;
using Zaqar.Domain;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Letters;

/// <summary>Seals what is in letters for the queue that takes them, and has it take them.</summary>
/// <remarks>All databases have the same keys; what was sealed for the queue that it left is sealed for the one that it goes to.</remarks>
internal sealed class LetterOpener(MessageSeal seal, Limits limits)
{
    /// <summary>
    /// Decides as <see cref="MessageDecider.Receive(QueueState, IReadOnlyList{Letter}, DateTimeOffset, Func{Letter, KnownMessage, bool})"/> does, on letters
    /// as far as they can be taken now. Messages that are over are not opened; one that cannot be opened counts as run out when it is over
    /// for certain, also where it would be given a new life.
    /// </summary>
    /// <param name="line">In their order.</param>
    /// <returns>How many from the first on are there, now or since before.</returns>
    /// <exception cref="MessageUnreadable">The first cannot be taken for one of its messages, which may still live.</exception>
    /// <exception cref="NothingToSealWith">The first cannot be taken, for the queue encrypts and there is no key.</exception>
    public Decision<int> Receive(QueueState queue, IReadOnlyList<Letter> line, DateTimeOffset now)
    {
        var (opened, over) = (new List<Letter>(line.Count), new HashSet<(Guid Letter, MessageId Message)>());
        try
        {
            foreach (var letter in line)
                opened.Add(queue.HasReceived(letter.Id) ? letter : Opened(letter, queue, now, over));
        }
        catch (RejectedException) when (opened.Count > 0)
        {
            // Those before it go; it is the first of the line then, and says what is wrong.
        }

        var decision = MessageDecider.Receive(queue, opened, now, (letter, message) => over.Contains((letter.Id, message.Id)));
        return new(opened.Count, decision.Events);
    }

    private Letter Opened(Letter letter, QueueState queue, DateTimeOffset now, HashSet<(Guid, MessageId)> over)
    {
        var from = queue.Id with { Name = letter.Content.From };
        var messages = new List<KnownMessage>(letter.Content.Messages.Count);
        var taken = new List<KnownMessage>(messages.Capacity);
        foreach (var message in letter.Content.Messages)
        {
            var moved = letter.Content.Ttl is null && !message.IsAlive(now) ? null : Moved(message, from, queue.Id, now);
            if (moved is null)
                over.Add((letter.Id, message.Id));
            else
                taken.Add(moved);
            messages.Add(moved ?? message);
        }

        seal.CheckTakes(queue, taken);
        return letter with { Content = letter.Content with { Messages = messages } };
    }

    private KnownMessage? Moved(KnownMessage message, QueueId from, QueueId to, DateTimeOffset now)
    {
        try
        {
            return seal.Move(message, from, to);
        }
        catch (MessageUnreadable) when (limits.IsLongOver(message.ExpiresAt, now))
        {
            return null;
        }
    }
}
