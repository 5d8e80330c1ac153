namespace Zaqar.Domain;

/// <summary>Who asked for a change, kept in every event so that history can be accounted for.</summary>
/// <param name="ClientId">The caller's <c>Client-ID</c> in canonical spelling; a listing leaves out a client's own messages by it.</param>
/// <param name="User">User id from the identity service; null without one.</param>
/// <param name="RequestId">The <c>x-openstack-request-id</c> that the caller was given.</param>
/// <param name="Transport"><c>http</c>, <c>websocket</c>, or <c>system</c> for what the service does by itself.</param>
public sealed record Actor(string ClientId, string? User, string RequestId, string Transport)
{
    /// <summary>The service itself: expiry, sweeping.</summary>
    public static Actor System { get; } = new("", null, "", "system");
}
