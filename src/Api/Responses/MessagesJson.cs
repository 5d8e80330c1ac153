using Zaqar.Application.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Api.Responses;

/// <summary>Writes messages as JSON, their bodies byte for byte as they were sent.</summary>
/// <remarks>
/// By hand, for half of all requests end here and a body must not be read again. Clients take these keys for arguments and fail on
/// any other, so none may be added. Source: API contract, section 3.1.
/// </remarks>
internal static class MessagesJson
{
    // Everything about a message but its body; more only makes the buffer grow.
    private const int AroundBody = 384;

    /// <summary>A buffer that fits an answer with these messages.</summary>
    public static PooledBuffer BufferFor(IReadOnlyList<MessageView> messages)
    {
        var size = AroundBody;
        for (var i = 0; i < messages.Count; i++)
            size += AroundBody + messages[i].Body.Length;

        return new(size);
    }

    /// <summary>Writes <c>{"messages": [...]}</c>.</summary>
    public static PooledBuffer Listed(QueueId queue, IReadOnlyList<MessageView> messages)
    {
        var json = BufferFor(messages);
        json.Write("{\"messages\":"u8);
        WriteArray(json, queue, messages);
        json.Write("}"u8);
        return json;
    }

    /// <summary>Writes <c>{"messages": [...], "links": [...]}</c>.</summary>
    /// <param name="next">Path of the next page; null when this one is empty, and then there is no link.</param>
    public static PooledBuffer Page(QueueId queue, IReadOnlyList<MessageView> messages, string? next)
    {
        var json = BufferFor(messages);
        json.Write("{\"messages\":"u8);
        WriteArray(json, queue, messages);
        json.Write(next is null ? ",\"links\":[]}"u8 : ",\"links\":[{\"rel\":\"next\",\"href\":\""u8);
        if (next is not null)
        {
            json.Write(next);
            json.Write("\"}]}"u8);
        }

        return json;
    }

    /// <summary>Writes <c>{"messages": [...]}</c> of popped messages, which have no href, for they are gone, but their claim count.</summary>
    public static PooledBuffer Popped(IReadOnlyList<MessageView> messages)
    {
        var json = BufferFor(messages);
        json.Write("{\"messages\":["u8);
        for (var i = 0; i < messages.Count; i++)
        {
            json.Write(i == 0 ? "{\"id\":\""u8 : ",{\"id\":\""u8);
            json.Write(messages[i].Id.Value);
            json.Write("\",\"claim_id\":null,\"claim_count\":"u8);
            json.Write(messages[i].ClaimCount);
            WriteRest(json, messages[i]);
        }

        json.Write("]}"u8);
        return json;
    }

    public static void WriteArray(PooledBuffer json, QueueId queue, IReadOnlyList<MessageView> messages)
    {
        json.Write("["u8);
        for (var i = 0; i < messages.Count; i++)
        {
            if (i > 0)
                json.Write(","u8);
            WriteMessage(json, queue, messages[i]);
        }

        json.Write("]"u8);
    }

    /// <summary>Writes <c>{"messages": [...]}</c> as a WebSocket has it: no paths, and no checksums.</summary>
    public static PooledBuffer ListedBare(IReadOnlyList<MessageView> messages)
    {
        var json = BufferFor(messages);
        json.Write("{\"messages\":"u8);
        WriteArrayBare(json, messages);
        json.Write("}"u8);
        return json;
    }

    /// <summary>Writes <c>{"messages": {...}}</c>, which is what one message is called there.</summary>
    public static PooledBuffer OneBare(MessageView message)
    {
        var json = BufferFor([message]);
        json.Write("{\"messages\":"u8);
        WriteBare(json, message);
        json.Write("}"u8);
        return json;
    }

    public static void WriteArrayBare(PooledBuffer json, IReadOnlyList<MessageView> messages)
    {
        json.Write("["u8);
        for (var i = 0; i < messages.Count; i++)
        {
            if (i > 0)
                json.Write(","u8);
            WriteBare(json, messages[i]);
        }

        json.Write("]"u8);
    }

    public static void WriteMessage(PooledBuffer json, QueueId queue, MessageView message)
    {
        json.Write("{\"id\":\""u8);
        json.Write(message.Id.Value);
        json.Write(queue.IsTopic ? "\",\"href\":\"/v2/topics/"u8 : "\",\"href\":\"/v2/queues/"u8);
        json.Write(queue.ShownName);
        json.Write("/messages/"u8);
        json.Write(message.Id.Value);
        if (message.ClaimId is { } claimId)
        {
            // Clients take what follows the last '=' for the claim's id.
            json.Write("?claim_id="u8);
            json.Write(claimId);
        }

        json.Write("\""u8);
        WriteRest(json, message);
    }

    private static void WriteBare(PooledBuffer json, MessageView message)
    {
        json.Write("{\"id\":\""u8);
        json.Write(message.Id.Value);
        json.Write("\",\"claim_id\":"u8);
        if (message.ClaimId is { } id)
        {
            json.Write("\""u8);
            json.Write(id);
            json.Write("\""u8);
        }
        else
        {
            json.Write("null"u8);
        }

        WriteRest(json, message with { Checksum = null });
    }

    private static void WriteRest(PooledBuffer json, MessageView message)
    {
        json.Write(",\"ttl\":"u8);
        json.Write(message.Ttl);
        json.Write(",\"age\":"u8);
        json.Write(message.Age);
        json.Write(",\"body\":"u8);
        json.Write(message.Body.Span);
        if (message.Checksum is { } checksum)
        {
            json.Write(",\"checksum\":\""u8);
            json.Write(checksum);
            json.Write("\""u8);
        }

        json.Write("}"u8);
    }
}
