using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;

namespace Zaqar.Infrastructure.Outbound;

/// <summary>Looks a host up. A seam for tests; else <see cref="Dns.GetHostAddressesAsync(string, CancellationToken)"/>.</summary>
internal delegate Task<IPAddress[]> ResolveHost(string host, CancellationToken ct);

/// <summary>Connects to one judged address. A seam for tests; else a TCP socket.</summary>
internal delegate ValueTask<Stream> DialAddress(IPEndPoint address, CancellationToken ct);

/// <summary>Connects deliveries: looks a host up once, judges every address, and connects to a judged address, never to the name again.</summary>
/// <remarks>
/// A name with one refused address is refused whole, even if others are public: nobody publishes such a mixture with good intentions, and to pick the
/// public one would make it a matter of luck which answers a name server gives. An operator who opens a network opens every range its names resolve to.
/// </remarks>
/// <param name="timeout">For all addresses of a host together, each getting an equal share, so that a silent one does not use it all up.</param>
internal sealed class GuardedConnect(AddressPolicy policy, TimeSpan timeout, ResolveHost? resolve = null, DialAddress? dial = null)
{
    /// <summary>Addresses of one host that are tried. A name server's answer may have hundreds; trying them all would make us somebody's port scanner.</summary>
    private const int TriedAtMost = 4;

    private readonly ResolveHost _resolve = resolve ?? Dns.GetHostAddressesAsync;
    private readonly DialAddress _dial = dial ?? Dial;

    /// <summary>The <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <inheritdoc cref="Connect(string, int, CancellationToken)"/>
    public ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken ct) =>
        Connect(context.DnsEndPoint.Host, context.DnsEndPoint.Port, ct);

    /// <exception cref="OutboundRefusedException">The host's text or any of its addresses is refused; nothing was connected to.</exception>
    /// <exception cref="SocketException">The name does not resolve, or no address accepted a connection: the last one's failure.</exception>
    /// <exception cref="TimeoutException">The last address did not answer within its share of the time.</exception>
    public async ValueTask<Stream> Connect(string host, int port, CancellationToken ct)
    {
        var addresses = await Judged(host, ct);

        Exception? last = null;
        foreach (var address in addresses)
        {
            using var share = CancellationTokenSource.CreateLinkedTokenSource(ct);
            share.CancelAfter(timeout / addresses.Length);
            try
            {
                return await _dial(new IPEndPoint(address, port), share.Token);
            }
            catch (SocketException failed)
            {
                last = failed;
            }
            catch (OperationCanceledException late) when (!ct.IsCancellationRequested)
            {
                last = new TimeoutException($"The host did not accept a connection within {timeout / addresses.Length}.", late);
            }
        }

        ExceptionDispatchInfo.Throw(last ?? new SocketException((int)SocketError.HostNotFound));
        return null;
    }

    private async Task<IPAddress[]> Judged(string host, CancellationToken ct)
    {
        // Also judged by its text: a redirect, or a subscription older than a rule, may have brought it here.
        if (HostText.Refusal(host, policy) is { } refused)
            throw new OutboundRefusedException($"the host {Shown(host)} {refused}");

        // RFC 6761: localhost is not looked up. Where only 127.0.0.0/8 is opened it is 127.0.0.1, whatever a hosts file adds.
        if (HostText.IsThisMachine(host))
            return [.. new[] { IPAddress.Loopback, IPAddress.IPv6Loopback }.Where(address => policy.Refusal(address) is null)];

        var resolved = IPAddress.TryParse(host, out var literal) ? [literal] : await _resolve(host, ct);

        foreach (var address in resolved)
            if (policy.Refusal(address) is { } special)
                throw new OutboundRefusedException($"the host {Shown(host)} is {special}", address);

        return [.. resolved.Select(AddressPolicy.Plain).Distinct().Take(TriedAtMost)];
    }

    private static string Shown(string host) => host.Length <= 253 ? host : $"{host[..253]}...";

    private static async ValueTask<Stream> Dial(IPEndPoint address, CancellationToken ct)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
