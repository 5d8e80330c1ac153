using MediatR;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Queues;

/// <summary>A queue's stored metadata, without defaults; null when there is no such queue.</summary>
public sealed record GetQueue(QueueId Queue) : IRequest<QueueMetadata?>, IQueueRequest;

internal sealed class GetQueueHandler(ReadDatabase database) : IRequestHandler<GetQueue, QueueMetadata?>
{
    public async Task<QueueMetadata?> Handle(GetQueue query, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand(
            "select metadata from queue where project = $1 and name = $2 and not deleted");
        command.Parameters.Add(new() { Value = query.Queue.Project });
        command.Parameters.Add(new() { Value = query.Queue.Name });
        return await database.Scalar(command, cancellationToken) is string metadata ? QueueMetadata.Parse(metadata) : null;
    }
}
