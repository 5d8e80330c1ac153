namespace Zaqar.Application;

/// <summary>
/// Marks the streams whose events the relay reads: those of subscriptions, and those of queues that have any. Marten stores the name of
/// this type with the stream, so what nobody subscribed to is passed over inside the database.
/// </summary>
public sealed class Relayed
{
    /// <summary>As it is stored in <c>mt_streams.type</c>; never changed.</summary>
    public const string Name = "relayed";
}
