using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Committing;

/// <param name="SegmentLength">Messages after which a queue's books are closed.</param>
internal sealed record CommitterSettings(int SegmentLength = QueueDecider.SegmentLength);
