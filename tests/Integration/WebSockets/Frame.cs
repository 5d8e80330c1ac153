using System.Text;
using System.Text.Json;

namespace Zaqar.Integration.WebSockets;

/// <summary>How a frame is written: the protocol's two kinds of messages.</summary>
public enum FrameKind
{
    /// <summary>JSON.</summary>
    Text,

    /// <summary>MessagePack.</summary>
    Binary,
}

/// <summary>A whole frame as it came, and what it says.</summary>
internal sealed record Frame(FrameKind Kind, byte[] Data)
{
    private static readonly JsonDocumentOptions _deep = new() { MaxDepth = 2_000 };

    private JsonElement? _json;

    /// <summary>The frame's JSON; of a binary frame, the JSON that stands for it.</summary>
    public string Text => Kind == FrameKind.Text ? Encoding.UTF8.GetString(Data) : MessagePackJson.ToJson(Data);

    public JsonElement Json => _json ??= JsonDocument.Parse(Text, _deep).RootElement;

    /// <summary>Whether it answers a request; else it is a notification.</summary>
    public bool IsReply => Json.TryGetProperty("request", out _);

    public JsonElement Request => Json.GetProperty("request");

    public JsonElement Body => Json.GetProperty("body");

    public int Status => Json.GetProperty("headers").GetProperty("status").GetInt32();

    /// <summary>What a refusal says; null when it says nothing.</summary>
    public string? Error => Body.GetProperty("error").GetString();

    public override string ToString() => $"{Kind}: {(Data.Length < 2_000 ? Text : $"{Data.Length} bytes")}";
}
