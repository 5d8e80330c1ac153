using System.Net.WebSockets;

namespace Zaqar.Integration.Corpus;

/// <summary>One bad frame, or one that is only odd.</summary>
/// <param name="Name">Unique; what replays it alone.</param>
/// <param name="Bytes">Made from a right frame's scene.</param>
internal sealed record FrameCase(string Name, WebSocketMessageType Kind, Func<FrameScene, byte[]> Bytes)
{
    /// <summary>Whether only a refusal will do.</summary>
    public bool MustBeRefused { get; init; }

    /// <summary>How the connection is closed in place of a reply; null where it goes on.</summary>
    public WebSocketCloseStatus? Closes { get; init; }
}
