using MediatR;
using Zaqar.Application.Committing;
using Zaqar.Domain;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Messages;

/// <summary>Takes the oldest visible unclaimed messages and deletes them in one step; empty when there are none.</summary>
/// <param name="Count">1 to <see cref="Limits.MaxMessagesPerClaimOrPop"/>, checked at the edge.</param>
public sealed record PopMessages(QueueId Queue, Actor By, int Count) : IRequest<IReadOnlyList<MessageView>>, IQueueRequest;

internal sealed class PopMessagesHandler(ICommitter committer) : IRequestHandler<PopMessages, IReadOnlyList<MessageView>>
{
    public Task<IReadOnlyList<MessageView>> Handle(PopMessages command, CancellationToken cancellationToken) =>
        committer.Commit<IReadOnlyList<MessageView>>(command.Queue, new Needs { Line = command.Count }, (queue, now) =>
        {
            var popped = MessageDecider.Pop(queue, command.Count, command.By, now);
            return new([.. popped.Answer.Select(message => MessageView.Of(message, null, now))], popped.Events);
        }, command.By, cancellationToken);
}
