using System.Text.Json;
using Zaqar.Api.Json;

namespace Zaqar.Api.WebSockets;

/// <summary>A request as it came: <c>{"action": text, "headers": object, "body": object}</c>. Source: API contract, section 7.2.</summary>
internal sealed class Envelope
{
    private static readonly Members.Names _headers = new(
        "Client-ID", "X-Project-ID", "X-Auth-Token", "X-Roles", "User-Agent", "Date", "Accept",
        "URL-Signature", "URL-Expires", "URL-Methods", "URL-Paths");

    private static readonly Members.Names _body = new(
        "queue_name", "message_id", "message_ids", "messages", "claim_id", "claim_ids", "marker", "limit", "detailed", "echo", "include_claimed",
        "include_delayed", "ttl", "grace", "pop", "metadata", "resource_types", "subscriber", "options", "subscription_id");

    private readonly Part _action;
    private readonly Part _headersPart;
    private readonly Part _bodyPart;

    private Envelope(ReadOnlyMemory<byte> json, Part action, Part headers, Part body, Members headerMembers, Members bodyMembers)
    {
        (Json, _action, _headersPart, _bodyPart) = (json, action, headers, body);
        (Headers, Body) = (headerMembers, bodyMembers);
    }

    /// <summary>The whole frame as JSON.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>Null when it is missing, or no text.</summary>
    public string? Action { get; private init; }

    public Members Headers { get; }

    public Members Body { get; }

    /// <summary>What was given for the action, as JSON; empty when nothing was.</summary>
    public ReadOnlyMemory<byte> ActionJson => Json[_action.Start.._action.End];

    /// <inheritdoc cref="ActionJson"/>
    public ReadOnlyMemory<byte> HeadersJson => Json[_headersPart.Start.._headersPart.End];

    /// <inheritdoc cref="ActionJson"/>
    public ReadOnlyMemory<byte> BodyJson => Json[_bodyPart.Start.._bodyPart.End];

    public bool HasHeaders => _headersPart.Type == JsonTokenType.StartObject;

    /// <summary>Whether a body was given at all, and whether it is an object.</summary>
    public bool HasBody => _bodyPart.Type == JsonTokenType.StartObject;

    /// <summary>Whether what stands for the body is something else than a body.</summary>
    public bool BodyIsMistyped => _bodyPart.Type is not (JsonTokenType.None or JsonTokenType.StartObject);

    /// <exception cref="FrameRefused">No MessagePack or JSON, or no object.</exception>
    public static Envelope Read(Frame frame, int maxDepth)
    {
        var json = frame.IsBinary ? MessagePackJson.ToJson(frame.Bytes, maxDepth) : frame.Bytes;
        try
        {
            return Read(json, maxDepth);
        }
        catch (BodyInvalid invalid)
        {
            throw FrameRefused.Undecodable(frame.IsBinary, invalid.Message);
        }
    }

    private static Envelope Read(ReadOnlyMemory<byte> json, int maxDepth)
    {
        var reader = new StrictJsonReader(json.Span, maxDepth);
        reader.Read();
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        var (headers, body) = (new Members(json, _headers), new Members(json, _body));
        Part action = default, headersPart = default, bodyPart = default;
        string? text = null;

        // Whether the JSON is valid to its end decides before the meaning of any part of it.
        while (reader.Read())
        {
            if (!isObject || reader.TokenType != JsonTokenType.PropertyName)
                continue;

            if (reader.Says("action"u8))
                (action, text) = (Part.Read(ref reader, null), reader.Text);
            else if (reader.Says("headers"u8))
                headersPart = Part.Read(ref reader, headers = new(json, _headers));
            else if (reader.Says("body"u8))
                bodyPart = Part.Read(ref reader, body = new(json, _body));
            else
                Part.Read(ref reader, null);
        }

        return isObject
            ? new(json, action, headersPart, bodyPart, headers, body) { Action = text }
            : throw new FrameRefused(400, "A request is an object with an action, headers and a body.");
    }

    private readonly record struct Part(JsonTokenType Type, int Start, int End)
    {
        /// <summary>Reads the value after the name that the reader stands on.</summary>
        /// <param name="members">Where the known members of an object go.</param>
        public static Part Read(ref StrictJsonReader reader, Members? members)
        {
            reader.Read();
            var (type, start) = (reader.TokenType, reader.TokenStart);
            if (members is not null && type == JsonTokenType.StartObject)
                members.Read(ref reader);
            else
                reader.Skip();
            return new(type, start, reader.TokenEnd);
        }
    }
}
