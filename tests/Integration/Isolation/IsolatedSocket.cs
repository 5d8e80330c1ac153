using System.Text.Json;
using Zaqar.Integration.WebSockets;

namespace Zaqar.Integration.Isolation;

/// <summary>A connection on which requests say of themselves who asks.</summary>
internal sealed class IsolatedSocket(SocketClient socket) : IAsyncDisposable
{
    public static async Task<IsolatedSocket> Connect(Uri address, FrameKind kind = FrameKind.Text) =>
        new(await SocketClient.Connect(address, kind: kind));

    /// <summary>One that a token was shown on, and taken.</summary>
    public static async Task<IsolatedSocket> Connect(Uri address, Tenant tenant, FrameKind kind = FrameKind.Text)
    {
        var socket = await Connect(address, kind);
        var reply = await socket.Authenticate(tenant.Project, tenant.Token);
        return reply.Status == 200 ? socket : throw new InvalidOperationException($"A good token was answered {reply}");
    }

    public ValueTask DisposeAsync() => socket.DisposeAsync();

    public Task<SocketReply> Authenticate(string project, string token) =>
        Ask("authenticate", JsonSerializer.Serialize(new Dictionary<string, string> { ["X-Project-ID"] = project, ["X-Auth-Token"] = token }), "{}");

    /// <param name="headers">JSON.</param>
    /// <param name="body">JSON.</param>
    public async Task<SocketReply> Ask(string action, string headers, string body)
    {
        var reply = await socket.AskJson($$"""{"action": "{{action}}", "headers": {{headers}}, "body": {{body}}}""");
        return new(reply.Status, JsonSerializer.Serialize(reply.Body));
    }
}

/// <summary>A reply without what it repeats of the request.</summary>
/// <param name="Body">JSON without spaces, of whichever kind the frame was.</param>
internal sealed record SocketReply(int Status, string Body)
{
    public override string ToString() => $"{Status} {Body}";
}
