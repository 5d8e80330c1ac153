using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Zaqar.Unit.Outbound;

/// <summary>A real listener on loopback that answers each request with the next of its responses, the last one for ever, one request a connection at a time.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<string> _responses;
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly X509Certificate2? _certificate;
    private string _last = "";
    private int _connections;

    private LoopbackServer(IEnumerable<string> responses, X509Certificate2? certificate)
    {
        _responses = new(responses);
        _certificate = certificate;
        _listener.Start();
        _ = Accept();
    }

    /// <summary>Each response: a status line without its version, then headers and body, if any. A length of 0 is added to one that is a status line only.</summary>
    public static LoopbackServer Answering(params string[] responses) => new(responses, null);

    public static LoopbackServer WithTls(X509Certificate2 certificate) => new(["200 OK"], certificate);

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Heads of the requests so far, as they came.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <summary>Connections accepted so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public void Dispose()
    {
        _stopping.Cancel();
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stopping.Token);
                Interlocked.Increment(ref _connections);
                _ = Serve(socket);
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task Serve(Socket socket)
    {
        try
        {
            await using Stream plain = new NetworkStream(socket, ownsSocket: true);
            await using var stream = _certificate is null ? plain : await Secured(plain);
            var received = new byte[64 * 1024];
            for (var length = 0; ;)
            {
                var read = await stream.ReadAsync(received.AsMemory(length), _stopping.Token);
                if (read == 0)
                    return;

                length += read;
                var text = Encoding.Latin1.GetString(received, 0, length);
                var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
                if (end < 0)
                    continue;

                // Bodies in these tests come with their heads or right behind; they are passed over.
                _requests.Enqueue(text[..end]);
                length = 0;
                if (_responses.TryDequeue(out var next))
                    _last = next.Contains('\n') ? next : $"{next}\r\nContent-Length: 0\r\n\r\n";
                await stream.WriteAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 {_last}"), _stopping.Token);
            }
        }
        catch (Exception broken) when (broken is OperationCanceledException or IOException or SocketException or ObjectDisposedException
            or System.Security.Authentication.AuthenticationException)
        {
            // The client went away or does not trust the certificate, which is what some tests are about.
        }
    }

    private async Task<Stream> Secured(Stream plain)
    {
        var tls = new SslStream(plain);
        // Offline, lest the server itself fetch what its certificate points to.
        var context = SslStreamCertificateContext.Create(_certificate!, additionalCertificates: null, offline: true);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = context }, _stopping.Token);
        return tls;
    }
}
