using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using Zaqar.Application.Messages;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Encryption;

/// <summary>
/// Seals the bodies of messages for where they are stored, and opens them for who may read them. Between the two, in the committer's memory,
/// events, read models and what PostgreSQL writes, there is only the sealed form.
/// </summary>
/// <remarks>
/// <para>
/// A sealed body opens only as the body of its message in its queue and project. It says itself that it is sealed, by a first byte that no JSON text
/// begins with, so a queue may change its mind and old messages stay readable. Its checksum is sealed with it: the MD5 of a body tells much of it.
/// </para>
/// <para>
/// What cannot be opened is never shown, and never passed over as if it were not there: whoever follows markers sees every message. Readers get what
/// stands before it; then it is 503 until the key is back, or until the message, which the refusal names, is deleted or over. Who tells subscribers or
/// carries it elsewhere does not learn of either: they wait until it is over for certain (<see cref="Domain.Limits.IsLongOver"/>). Source: ADR 0016.
/// </para>
/// </remarks>
public sealed partial class MessageSeal(ICipher cipher, TimeProvider time, ILogger<MessageSeal> log)
{
    private const int MaxComplaints = 100;

    private static readonly TimeSpan _betweenComplaints = TimeSpan.FromMinutes(1);

    // Ids of keys, and when the log last had a message of theirs that could not be opened.
    private readonly ConcurrentDictionary<string, long> _complaints = new(StringComparer.Ordinal);

    private static ReadOnlySpan<byte> Purpose => "zaqar message\0"u8;

    /// <summary>Whether queues can be encrypted.</summary>
    public bool CanSeal => cipher.CanSeal;

    /// <summary>Whether a stored body is anything but JSON text.</summary>
    public static bool IsSealed(ReadOnlyMemory<byte> body) =>
        !body.IsEmpty && body.Span[0] is not (>= 0x20 and < 0x7F or (byte)'\t' or (byte)'\n' or (byte)'\r');

    /// <summary>Says whether a queue may encrypt from now on.</summary>
    /// <exception cref="MetadataInvalid">There is no key.</exception>
    public void Check(QueueMetadata wanted, Domain.ErrorKind kind)
    {
        if (wanted.EnableEncryptMessages && !CanSeal)
            throw new MetadataInvalid("_enable_encrypt_messages cannot be true: this service has no key to encrypt with.", kind);
    }

    /// <summary>An event as it is stored; one that is sealed stays as it is.</summary>
    /// <exception cref="NothingToSealWith">There is no key.</exception>
    public MessagePosted Seal(QueueId queue, MessagePosted posted) => IsSealed(posted.Body)
        ? posted
        : posted with { Body = Seal(queue, posted.Id, new(posted.Body, posted.Checksum)), Checksum = null };

    /// <summary>A message as another queue of the project takes it over: what was sealed stays sealed, whatever that queue does with its own.</summary>
    /// <exception cref="MessageUnreadable">It cannot be opened.</exception>
    public KnownMessage Move(KnownMessage message, QueueId from, QueueId to) => IsSealed(message.Body)
        ? message with { Body = Seal(to, message.Id, Open(from, message.Id, message.Body, null)), Checksum = null }
        : message;

    /// <summary>Says whether a queue can store messages that come from another, once they are <see cref="Move">moved</see>.</summary>
    /// <exception cref="NothingToSealWith">It encrypts, one of them is not sealed yet, and there is no key.</exception>
    public void CheckTakes(QueueState target, IEnumerable<KnownMessage> messages)
    {
        // One that is made to take them does not encrypt.
        if (target.Exists && target.Metadata.EnableEncryptMessages && !CanSeal && messages.Any(message => !IsSealed(message.Body)))
            throw new NothingToSealWith();
    }

    /// <summary>An event as it was posted.</summary>
    /// <exception cref="MessageUnreadable">It cannot be opened.</exception>
    public MessagePosted Open(QueueId queue, MessagePosted posted)
    {
        if (!IsSealed(posted.Body))
            return posted;

        var (body, checksum) = Open(queue, posted.Id, posted.Body, posted.Checksum);
        return posted with { Body = body, Checksum = checksum };
    }

    /// <summary>Messages as they were posted.</summary>
    /// <exception cref="MessageUnreadable">One of them cannot be opened.</exception>
    public IReadOnlyList<MessageView> Open(QueueId queue, IReadOnlyList<MessageView> messages)
    {
        var (opened, unreadable) = OpenUntil(queue, messages);
        return unreadable is null ? opened : throw unreadable;
    }

    /// <summary>Messages as they were posted, from the first on, and fewer than there are where one of them cannot be opened.</summary>
    /// <exception cref="MessageUnreadable">It is the first.</exception>
    public IReadOnlyList<MessageView> OpenFirst(QueueId queue, IReadOnlyList<MessageView> messages)
    {
        var (opened, unreadable) = OpenUntil(queue, messages);
        return unreadable is null || opened.Count > 0 ? opened : throw unreadable;
    }

    private (IReadOnlyList<MessageView> Opened, MessageUnreadable? Unreadable) OpenUntil(QueueId queue, IReadOnlyList<MessageView> messages)
    {
        // By far the most queues are not encrypted.
        var plain = 0;
        while (plain < messages.Count && !IsSealed(messages[plain].Body))
            plain++;
        if (plain == messages.Count)
            return (messages, null);

        var opened = new List<MessageView>(messages.Count);
        try
        {
            foreach (var message in messages)
            {
                var (body, checksum) = Open(queue, message.Id, message.Body, message.Checksum);
                opened.Add(message with { Body = body, Checksum = checksum });
            }
        }
        catch (MessageUnreadable unreadable)
        {
            return (opened, unreadable);
        }

        return (opened, null);
    }

    private byte[] Seal(QueueId queue, MessageId id, Content content)
    {
        if (!CanSeal)
            throw new NothingToSealWith();

        // The checksum's length, the checksum, the body.
        var checksum = content.Checksum ?? "";
        var clear = new byte[1 + checksum.Length + content.Body.Length];
        clear[0] = checked((byte)checksum.Length);
        Encoding.ASCII.GetBytes(checksum, clear.AsSpan(1));
        content.Body.Span.CopyTo(clear.AsSpan(1 + checksum.Length));
        return cipher.Seal(clear, BoundTo(queue, id));
    }

    private Content Open(QueueId queue, MessageId id, ReadOnlyMemory<byte> body, string? checksum)
    {
        if (!IsSealed(body))
            return new(body, checksum);

        try
        {
            ReadOnlyMemory<byte> clear = cipher.Open(body.Span, BoundTo(queue, id));
            int length = clear.Span[0];
            return new(clear[(1 + length)..], length == 0 ? null : Encoding.ASCII.GetString(clear.Span.Slice(1, length)));
        }
        catch (NotOpenedException failure)
        {
            if (IsToBeLogged(failure.Key ?? ""))
                LogUnreadable(log, id.Value, queue.Name, queue.Project, failure.Key, failure.Message);
            throw new MessageUnreadable(id);
        }
    }

    // Each poll and each attempt meets it again; what matters is the key. Of two that come at once both may be logged.
    private bool IsToBeLogged(string key)
    {
        var now = time.GetTimestamp();
        if (_complaints.TryGetValue(key, out var last) && time.GetElapsedTime(last, now) < _betweenComplaints)
            return false;

        // Whoever damages what is stored may make ids without number.
        if (_complaints.Count >= MaxComplaints)
            _complaints.Clear();
        _complaints[key] = now;
        return true;
    }

    // Lengths before what may be of any length, so that no two messages are bound alike.
    private static byte[] BoundTo(QueueId queue, MessageId id)
    {
        var (project, name) = (Encoding.UTF8.GetByteCount(queue.Project), Encoding.UTF8.GetByteCount(queue.Name));
        var bound = new byte[Purpose.Length + 4 + project + 4 + name + 16];
        Purpose.CopyTo(bound);
        var rest = Write(Write(bound.AsSpan(Purpose.Length), queue.Project, project), queue.Name, name);
        id.Value.TryWriteBytes(rest, bigEndian: true, out _);
        return bound;

        static Span<byte> Write(Span<byte> to, string text, int length)
        {
            BinaryPrimitives.WriteInt32BigEndian(to, length);
            Encoding.UTF8.GetBytes(text, to[4..]);
            return to[(4 + length)..];
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Message {Message} of queue {Queue} in project {Project} cannot be decrypted; its key is {Key}. {Reason}")]
    private static partial void LogUnreadable(ILogger log, Guid message, string queue, string project, string? key, string reason);

    private readonly record struct Content(ReadOnlyMemory<byte> Body, string? Checksum);
}
