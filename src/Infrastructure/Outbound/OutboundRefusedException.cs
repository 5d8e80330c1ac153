using System.Net;

namespace Zaqar.Infrastructure.Outbound;

/// <summary>The guard refused to send: trying again helps only if the subscriber, its name's addresses or the opened networks change.</summary>
/// <remarks>
/// The message names the host and what is wrong with it, never path, query, headers or body. It does not name the address a name resolved to: whoever
/// made the subscription may read the outcome, and shall not learn a private network's addresses from it.
/// </remarks>
/// <param name="reason">A clause without a full stop.</param>
/// <param name="address">The address that was refused, for the operator's log; null when the text alone was.</param>
internal sealed class OutboundRefusedException(string reason, IPAddress? address = null) : Exception($"Refused by the outbound guard: {reason}.")
{
    public string Reason { get; } = reason;

    public IPAddress? Address { get; } = address;

    /// <summary>The refusal behind a failed request, which the HTTP client wraps; null when it failed otherwise.</summary>
    public static OutboundRefusedException? Behind(Exception? exception)
    {
        while (exception is not null and not OutboundRefusedException)
            exception = exception.InnerException;

        return (OutboundRefusedException?)exception;
    }
}
