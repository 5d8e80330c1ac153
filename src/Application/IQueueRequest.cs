using Zaqar.Domain.Queues;

namespace Zaqar.Application;

/// <summary>A request about one queue, answered by the database that the queue lives in.</summary>
public interface IQueueRequest
{
    QueueId Queue { get; }
}
