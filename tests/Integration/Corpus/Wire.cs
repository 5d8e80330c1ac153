using System.Net.Sockets;
using System.Text;

namespace Zaqar.Integration.Corpus;

/// <summary>One connection at a time to the service, kept as long as the service keeps it.</summary>
internal sealed class Wire(Uri address) : IDisposable
{
    private TcpClient? _client;
    private NetworkStream? _stream;

    /// <param name="ends">Whether no more will be sent: the client's half of the connection is closed after the request.</param>
    /// <param name="patience">After which there is no answer: an <see cref="OperationCanceledException"/>.</param>
    public async Task<WireAnswer> Ask(WireRequest request, bool ends, TimeSpan patience)
    {
        using var bound = new CancellationTokenSource(patience);
        var bytes = request.Bytes();
        var isKept = _client is not null;
        try
        {
            var answer = await Ask(bytes, request.Method, ends, bound.Token);

            // A connection that was kept may have been given up by the service in the meantime.
            return answer.Status == 0 && isKept ? await Ask(bytes, request.Method, ends, bound.Token) : answer;
        }
        catch (OperationCanceledException)
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _client?.Dispose();
        _client = null;
    }

    private async Task<WireAnswer> Ask(byte[] request, string method, bool ends, CancellationToken ct)
    {
        if (_client is null)
        {
            _client = new TcpClient { NoDelay = true };
            await _client.ConnectAsync(address.Host, address.Port, ct);
            _stream = _client.GetStream();
        }

        var sending = Send(_stream!, request, ends, ct);
        var answer = await Read(_stream!, method, ct);

        // Whoever is answered before all is sent need not be read to the end.
        var isSent = sending.IsCompleted || answer.Status is >= 200 and < 300;
        if (isSent)
            isSent = await sending;
        if (!isSent || ends || answer.Status == 0 || answer.EndsConnection || answer.HasMore)
            Dispose();
        return answer;
    }

    /// <returns>Whether all could be sent.</returns>
    private static async Task<bool> Send(NetworkStream stream, byte[] request, bool ends, CancellationToken ct)
    {
        try
        {
            await stream.WriteAsync(request, ct);
            if (ends)
                stream.Socket.Shutdown(SocketShutdown.Send);
            return true;
        }
        catch (Exception cut) when (cut is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The service need not read what it has refused. Its answer tells.
            return false;
        }
    }

    private static async Task<WireAnswer> Read(NetworkStream stream, string method, CancellationToken ct)
    {
        var text = new StringBuilder();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            int read;
            try
            {
                read = await stream.ReadAsync(buffer, ct);
            }
            catch (IOException)
            {
                // A reset is an end like any other.
                read = 0;
            }

            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            if (WireAnswer.In(text.ToString(), method, isOver: read == 0) is { } answer)
                return answer;
        }
    }
}
