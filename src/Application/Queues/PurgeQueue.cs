using MediatR;
using Zaqar.Application.Committing;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Queues;

/// <summary>Throws away a queue's unclaimed messages, delayed ones included; claimed ones and what is posted meanwhile stay.</summary>
/// <remarks>
/// Goes in chunks, so that a purge of a million messages never holds up other queues; one that is cut off has purged the oldest
/// and may be sent again.
/// </remarks>
public sealed record PurgeQueue(QueueId Queue, Actor By) : IRequest<bool>, IQueueRequest;

internal sealed class PurgeQueueHandler(ICommitter committer, ReadDatabase database) : IRequestHandler<PurgeQueue, bool>
{
    public async Task<bool> Handle(PurgeQueue command, CancellationToken cancellationToken)
    {
        var newest = await Newest(command.Queue, cancellationToken);
        if (newest == 0)
            return false;

        while (await committer.Commit(command.Queue, new Needs { PurgeUpTo = newest },
            (queue, now) => QueueDecider.Purge(queue, newest, command.By, now), command.By, cancellationToken) == QueueDecider.PurgeChunk)
        {
        }

        return true;
    }

    private async Task<long> Newest(QueueId queue, CancellationToken ct)
    {
        var query = database.CreateCommand(
            "select next_number - 1 from queue where project = $1 and name = $2 and not deleted");
        query.Parameters.Add(new() { Value = queue.Project });
        query.Parameters.Add(new() { Value = queue.Name });
        return await database.Scalar(query, ct) is long newest ? newest : 0;
    }
}
