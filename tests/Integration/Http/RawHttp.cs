using System.Net.Sockets;
using System.Text;

namespace Zaqar.Integration.Http;

/// <summary>Sends bytes that no client library would send, and reads the head and body of one answer.</summary>
internal static class RawHttp
{
    /// <summary>The headers every request needs, ended by a line break.</summary>
    public const string Identity = "Host: localhost\r\nClient-ID: 3381af92-2b9e-11e3-b191-71861300734c\r\nX-Project-ID: raw\r\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <returns>The answer as Latin-1 text; empty when the connection ends without one.</returns>
    public static Task<string> Ask(Uri address, string request) => Ask(address, Encoding.Latin1.GetBytes(request));

    public static async Task<string> Ask(Uri address, params byte[][] parts)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(address.Host, address.Port, patience.Token);
        var stream = client.GetStream();
        foreach (var part in parts)
            await stream.WriteAsync(part, patience.Token);

        var answer = new List<byte>();
        var buffer = new byte[4096];
        while (!IsWhole(answer))
        {
            var read = await stream.ReadAsync(buffer, patience.Token);
            if (read == 0)
                break;
            answer.AddRange(buffer.AsSpan(0, read));
        }

        return Encoding.Latin1.GetString([.. answer]);
    }

    private static bool IsWhole(List<byte> answer)
    {
        var text = Encoding.Latin1.GetString([.. answer]);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
            return false;

        var length = text[..end].Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.Ordinal));
        return length is null || text.Length >= end + 4 + int.Parse(length["Content-Length: ".Length..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
