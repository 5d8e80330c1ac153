using Zaqar.Api.Responses;
using Zaqar.Infrastructure.Delivery;

namespace Zaqar.Api.WebSockets;

/// <summary>Puts a reply into its envelope, which repeats the request. Source: API contract, section 7.2.</summary>
internal static class ReplyFrame
{
    /// <param name="request">Null for a frame that could not be read.</param>
    /// <param name="repeats">Whether headers and body are repeated; not where they are secrets.</param>
    public static Frame Of(Envelope? request, bool repeats, in Reply reply, bool isBinary)
    {
        var echo = repeats ? request : null;
        using var json = new PooledBuffer(256 + (reply.Body?.Length ?? 2) + (echo?.Json.Length ?? 64));
        json.Write("{\"request\": {\"action\": "u8);
        json.Write(Or(request?.ActionJson, "null"u8));
        json.Write(", \"body\": "u8);
        json.Write(Or(echo?.BodyJson, "{}"u8));
        json.Write(", \"headers\": "u8);
        json.Write(Or(echo?.HeadersJson, "{}"u8));
        json.Write(", \"api\": \"v2\"}, \"body\": "u8);
        json.Write(reply.Body is null ? "{}"u8 : reply.Body.Written.Span);
        json.Write(", \"headers\": {\"status\": "u8);
        json.Write(reply.Status);
        json.Write("}}"u8);
        return Framed(json.Written.Span, isBinary);
    }

    /// <summary>A document as a frame of its own.</summary>
    /// <param name="ascii">JSON.</param>
    public static Frame Of(ReadOnlyMemory<byte> ascii, bool isBinary) => isBinary ? Framed(ascii.Span, isBinary) : new(ascii, IsBinary: false);

    private static Frame Framed(ReadOnlySpan<byte> json, bool isBinary)
    {
        if (!isBinary)
            return new(json.ContainsAnyExceptInRange((byte)0, (byte)127) ? new AsciiJson().Value(json).ToArray() : json.ToArray(), IsBinary: false);

        using var packed = new PooledBuffer(json.Length);
        MessagePackJson.FromJson(json, packed);
        return new(packed.Written.ToArray(), IsBinary: true);
    }

    private static ReadOnlySpan<byte> Or(ReadOnlyMemory<byte>? json, ReadOnlySpan<byte> absent) => json is { IsEmpty: false } given ? given.Span : absent;
}
