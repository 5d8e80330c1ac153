using MediatR;
using Zaqar.Application.Committing;
using Zaqar.Application.Encryption;
using Zaqar.Domain;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Messages;

/// <summary>Takes the oldest visible unclaimed messages and deletes them in one step; empty when there are none.</summary>
/// <remarks>A message that cannot be decrypted is not taken, nor one behind it; 503 while it is the oldest.</remarks>
/// <param name="Count">1 to <see cref="Limits.MaxMessagesPerClaimOrPop"/>, checked at the edge.</param>
public sealed record PopMessages(QueueId Queue, Actor By, int Count) : IRequest<IReadOnlyList<MessageView>>, IQueueRequest;

internal sealed class PopMessagesHandler(ICommitter committer, MessageSeal seal) : IRequestHandler<PopMessages, IReadOnlyList<MessageView>>
{
    public Task<IReadOnlyList<MessageView>> Handle(PopMessages command, CancellationToken cancellationToken) =>
        committer.Commit(command.Queue, new Needs { Line = command.Count },
            (queue, now) => Pop(queue, command.Count, command.By, now), command.By, cancellationToken);

    private Decision<IReadOnlyList<MessageView>> Pop(QueueState queue, int count, Actor by, DateTimeOffset now)
    {
        var popped = MessageDecider.Pop(queue, count, by, now);

        // Before it is decided: what was popped and could not be shown would be lost.
        var shown = seal.OpenFirst(queue.Id, [.. popped.Answer.Select(message => MessageView.Of(message, null, now))]);
        return shown.Count == popped.Answer.Count ? new(shown, popped.Events) : Pop(queue, shown.Count, by, now);
    }
}
