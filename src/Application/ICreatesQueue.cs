using Zaqar.Domain;

namespace Zaqar.Application;

/// <summary>A request that makes its queue where there is none; a queue that has no place yet is given one first.</summary>
public interface ICreatesQueue : IQueueRequest
{
    Actor By { get; }
}
