using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Queues;

/// <summary>How holds are spelled in the column <c>queue.held</c>; never changed.</summary>
internal static class QueueHolds
{
    internal const string Leaving = "leaving";
    internal const string Arriving = "arriving";
    internal const string Gone = "gone";

    internal static HoldKind Read(string held) => held switch
    {
        Leaving => HoldKind.Leaving,
        Arriving => HoldKind.Arriving,
        Gone => HoldKind.Gone,
        _ => throw new InvalidDataException($"A queue is held as {held}, which this version does not know."),
    };
}
