namespace Zaqar.Api.WebSockets;

/// <summary>A frame that is refused before any rule is asked. Its answer has an <c>error</c> and no <c>exception</c>.</summary>
/// <remarks>Source: API contract, section 7.3.</remarks>
internal sealed class FrameRefused(int status, string error) : Exception(error)
{
    public int Status { get; } = status;

    /// <param name="reason">A sentence that quotes nothing.</param>
    public static FrameRefused Undecodable(bool isBinary, string reason) =>
        new(400, $"{(isBinary ? "MessagePack in a binary frame" : "JSON in a text frame")}: {reason}");

    public static FrameRefused Schema() => new(400, "Schema validation failed.");

    public static FrameRefused NotAuthenticated() => new(403, "Not authentified.");
}
