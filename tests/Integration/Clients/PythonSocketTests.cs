using Xunit;
using Zaqar.Integration.WebSockets;

namespace Zaqar.Integration.Clients;

/// <summary>
/// Unmodified WebSocket clients against the service: python-zaqarclient's own transport, and python3-websocket as a plain client. What
/// they do and expect is in <c>websocket_session.py</c>.
/// </summary>
public sealed class PythonSocketTests(WebSocketService service) : IClassFixture<WebSocketService>
{
    [PythonSocketFact]
    public Task zaqarclient_creates_lists_and_deletes_queues() => Session("client_queues");

    [PythonSocketFact]
    public Task zaqarclient_posts_lists_gets_and_deletes_messages() => Session("client_messages");

    [PythonSocketFact]
    public Task zaqarclient_claims_renews_and_releases() => Session("client_claims");

    [PythonSocketFact]
    public Task zaqarclient_subscribes_and_receives() => Session("client_subscriptions");

    [PythonSocketFact]
    public Task zaqarclient_understands_refusals() => Session("client_refusals");

    [PythonSocketFact]
    public Task zaqarclient_works_beside_rest_too() => Session("client_messages", WebSocketService.SocketOf(service.Address));

    [PythonSocketFact]
    public Task a_plain_client_asks_and_is_answered() => Session("plain_requests");

    [PythonSocketFact]
    public Task a_plain_client_sends_many_requests_at_once() => Session("plain_pipeline");

    [PythonSocketFact]
    public Task a_plain_client_is_notified() => Session("plain_notifications");

    [PythonSocketFact]
    public Task a_plain_client_speaks_message_pack() => Session("plain_message_pack");

    [PythonSocketFact]
    public Task a_plain_client_pings_sends_pieces_and_says_goodbye() => Session("plain_frames");

    [PythonSocketFact]
    public Task a_plain_client_of_another_origin_is_refused() => Session("plain_origins");

    /// <summary>Runs one part of the session in a project of its own.</summary>
    private Task Session(string part, Uri? at = null) =>
        PythonSession.Run("Clients/websocket_session.py", [(at ?? service.WebSocketAddress).ToString(), $"project-{Guid.NewGuid():N}", part]);
}
