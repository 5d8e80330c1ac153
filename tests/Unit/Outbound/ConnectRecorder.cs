using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Zaqar.Infrastructure.Outbound;

namespace Zaqar.Unit.Outbound;

/// <summary>Notes each address that is about to be connected to, in order, in place of the socket; and which names were looked up.</summary>
internal sealed class ConnectRecorder
{
    private readonly ConcurrentQueue<IPEndPoint> _dialled = new();
    private readonly ConcurrentQueue<string> _lookedUp = new();

    public IEnumerable<string> Dialled => _dialled.Select(address => address.ToString());

    public IEnumerable<string> LookedUp => _lookedUp;

    /// <summary>Records, then refuses the connection, or connects to <see cref="Server"/> instead where there is one.</summary>
    public async ValueTask<Stream> Dial(IPEndPoint address, CancellationToken ct)
    {
        _dialled.Enqueue(address);
        if (Server is null || Dead.Contains(address.Address.ToString()))
            throw new SocketException((int)SocketError.ConnectionRefused);
        if (Silent.Contains(address.Address.ToString()))
            await Task.Delay(Timeout.Infinite, ct);

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Server, ct);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>What answers for every address; null for nothing.</summary>
    public IPEndPoint? Server { get; init; }

    /// <summary>Addresses that refuse connections, and that never answer.</summary>
    public HashSet<string> Dead { get; } = [];

    public HashSet<string> Silent { get; } = [];

    /// <summary>
    /// A resolver as careless as any: it knows <paramref name="names"/>, reads every number as an address, and takes the rest for this machine.
    /// </summary>
    public ResolveHost Resolver(IReadOnlyDictionary<string, string[]> names) => (host, _) =>
    {
        _lookedUp.Enqueue(host);
        var known = names.TryGetValue(host, out var addresses) || names.TryGetValue(Unicode(host), out addresses);
        return Task.FromResult<IPAddress[]>(known ? [.. addresses!.Select(IPAddress.Parse)] : [IPAddress.Loopback]);
    };

    /// <summary>A resolver that gives one answer after the other.</summary>
    public ResolveHost Resolver(params string[][] answers)
    {
        var left = new ConcurrentQueue<string[]>(answers);
        return (host, _) =>
        {
            _lookedUp.Enqueue(host);
            return Task.FromResult<IPAddress[]>(left.TryDequeue(out var addresses) ? [.. addresses.Select(IPAddress.Parse)] : []);
        };
    }

    private static string Unicode(string host) => new System.Globalization.IdnMapping().GetUnicode(host);
}
