using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Following;

namespace Zaqar.Api.WebSockets;

/// <summary>A connection as a subscriber.</summary>
internal interface ISelf
{
    /// <summary>How it is called in listings: a URI.</summary>
    string Subscriber { get; }

    /// <summary>Whether it may subscribe to one more queue.</summary>
    bool HasRoom { get; }

    /// <summary>Begins to be told.</summary>
    /// <param name="from">From where it is told.</param>
    /// <param name="isBinary">In which kind of frames all that it is told is from now on.</param>
    void Follow(QueueId queue, Guid subscription, FeedStart from, bool isBinary);

    /// <summary>Is told no more, because somebody ended the subscription.</summary>
    void Forget(QueueId queue, Guid subscription);
}
