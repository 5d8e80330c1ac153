namespace Zaqar.Infrastructure.Following;

/// <summary>Somebody on this node who is told of each message of a queue as it comes. None of the calls may block or throw.</summary>
internal interface IFollower
{
    /// <summary>Id of the subscription by which it follows.</summary>
    Guid Subscription { get; }

    /// <summary>Whether it can be told more now. One that cannot is left where it is, and wakes its queue when it can.</summary>
    bool HasRoom { get; }

    /// <summary>A message came.</summary>
    /// <param name="document">What <see cref="Delivery.NotificationDocument"/> made of it: JSON in ASCII, the same memory for all followers.</param>
    void Tell(ReadOnlyMemory<byte> document);

    /// <summary>The queue lives in another database. Nothing more comes from here; its history goes on there, from the same place.</summary>
    /// <param name="place">How far it has been told.</param>
    void Moved(QueuePlace place);

    /// <summary>The subscription is over: at its end, or because somebody ended it. Nothing more comes.</summary>
    void End();
}
