namespace Zaqar.Domain.Messages;

/// <summary>A message as a client sent it, before its queue has accepted it.</summary>
/// <param name="Body">UTF-8 JSON exactly as sent, validated once by the reader.</param>
/// <param name="Ttl">Seconds; null takes the queue's default.</param>
/// <param name="Delay">Null when absent; read only by a queue that delays.</param>
/// <param name="Nonce">Random bits for the id.</param>
/// <param name="Checksum"><c>MD5:</c> and 32 hex digits, or null when checksums are off or the body is null.</param>
public sealed record MessageDraft(ReadOnlyMemory<byte> Body, long? Ttl, DraftDelay? Delay, long Nonce, string? Checksum = null);

/// <summary>A draft's <c>delay</c>: its type is judged only by a queue that delays, as upstream does.</summary>
/// <param name="Seconds">Null when the client sent something that is no integer.</param>
public readonly record struct DraftDelay(long? Seconds);
