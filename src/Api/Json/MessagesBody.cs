using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Zaqar.Domain;
using Zaqar.Domain.Messages;

namespace Zaqar.Api.Json;

/// <summary>Reads the body of a post: <c>{"messages": [{"body": any, "ttl": int, "delay": int}]}</c>.</summary>
/// <remarks>Judges and interprets in one pass. Unknown fields are dropped, the last of repeated keys wins. Source: API contract, sections 1.7 and 2.2.</remarks>
internal static class MessagesBody
{
    private const int OnStack = 32;

    /// <param name="utf8">The request's body; the drafts' bodies are slices of it, so it lives as long as they do.</param>
    /// <param name="withChecksum">Whether the drafts get checksums.</param>
    /// <returns>At least one draft, in the order given, each with fresh random bits for its id.</returns>
    /// <exception cref="BodyInvalid">
    /// <see cref="ErrorKind.InvalidRequest"/> when there is no <c>messages</c> key or it is empty, else <see cref="ErrorKind.InvalidBody"/>.
    /// Values are judged against their bounds later, by the queue.
    /// </exception>
    public static IReadOnlyList<MessageDraft> Read(ReadOnlyMemory<byte> utf8, int maxDepth, bool withChecksum)
    {
        var reader = new StrictJsonReader(utf8.Span, maxDepth);
        reader.Read();
        var root = reader.TokenType;
        Listed? listed = null;

        // Whether the JSON is valid to its end decides before the meaning of any part of it.
        while (reader.Read())
        {
            if (root != JsonTokenType.StartObject || reader.TokenType != JsonTokenType.PropertyName)
                continue;

            var isMessages = reader.Says("messages"u8);
            reader.Read();
            if (isMessages)
                listed = ReadMessages(ref reader);
            else
                reader.Skip();
        }

        if (root is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            throw new BodyInvalid("The body is a JSON object.");

        var messages = listed ?? throw new BodyInvalid("The body has no key messages.", ErrorKind.InvalidRequest);
        if (messages.Fault is { } fault)
            throw new BodyInvalid(fault);

        return messages.Items.Count > 0
            ? Drafts(messages.Items, utf8, withChecksum)
            : throw new BodyInvalid("There are no messages to post.", ErrorKind.InvalidRequest);
    }

    private static Listed ReadMessages(ref StrictJsonReader reader)
    {
        var items = new List<Item>();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return new(items, "messages is an array.");
        }

        string? fault = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                var item = ReadMessage(ref reader);
                fault ??= item.Fault;
                items.Add(item);
            }
            else
            {
                reader.Skip();
                fault ??= "Each of the messages is an object.";
            }
        }

        return new(items, fault);
    }

    private static Item ReadMessage(ref StrictJsonReader reader)
    {
        var item = new Item();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.Says("body"u8))
            {
                reader.Read();
                var start = reader.TokenStart;
                reader.Skip();
                (item.Start, item.Length) = (start, reader.TokenEnd - start);
            }
            else if (reader.Says("ttl"u8))
            {
                reader.Read();
                (item.HasTtl, item.Ttl) = (true, reader.Integer);
                reader.Skip();
            }
            else if (reader.Says("delay"u8))
            {
                reader.Read();
                item.Delay = new DraftDelay(reader.Integer);
                reader.Skip();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return item;
    }

    private static MessageDraft[] Drafts(List<Item> items, ReadOnlyMemory<byte> utf8, bool withChecksum)
    {
        // One call to the generator for the whole request: ids must not be guessable, and each call costs a microsecond.
        Span<long> nonces = items.Count <= OnStack ? stackalloc long[OnStack] : new long[items.Count];
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(nonces[..items.Count]));

        var drafts = new MessageDraft[items.Count];
        for (var i = 0; i < drafts.Length; i++)
        {
            var body = utf8.Slice(items[i].Start, items[i].Length);
            drafts[i] = new(body, items[i].Ttl, items[i].Delay, nonces[i], withChecksum ? Checksum.Of(body.Span) : null);
        }

        return drafts;
    }

    /// <param name="Fault">The first thing wrong with a message, unless the whole is replaced by a later <c>messages</c>.</param>
    private readonly record struct Listed(List<Item> Items, string? Fault);

    private struct Item
    {
        public int Start;
        public int Length;
        public bool HasTtl;
        public long? Ttl;
        public DraftDelay? Delay;

        public readonly string? Fault =>
            Length == 0 ? "Each of the messages has a body."
            : HasTtl && Ttl is null ? "A message's ttl is a whole number of seconds."
            : null;
    }
}
