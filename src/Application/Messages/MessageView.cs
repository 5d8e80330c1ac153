using Zaqar.Domain.Messages;

namespace Zaqar.Application.Messages;

/// <summary>A message as it is shown.</summary>
/// <param name="Number">Place in the queue's order.</param>
/// <param name="Ttl">Seconds; may have been raised by a claim.</param>
/// <param name="Age">Whole seconds since it was posted.</param>
/// <param name="Body">UTF-8 JSON exactly as it was sent.</param>
/// <param name="ClaimId">The live claim that holds it; null when it is free or the view does not tell.</param>
public sealed record MessageView(
    long Number, MessageId Id, long Ttl, long Age, ReadOnlyMemory<byte> Body, Guid? ClaimId, int ClaimCount, string? Checksum)
{
    public static MessageView Of(KnownMessage message, Guid? claimId, DateTimeOffset now) =>
        new(message.Number, message.Id, message.Ttl, Math.Max(0, (long)(now - message.PostedAt).TotalSeconds), message.Body, claimId,
            message.ClaimCount, message.Checksum);
}
