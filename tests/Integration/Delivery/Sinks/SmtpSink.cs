using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Zaqar.Integration.Delivery.Sinks;

/// <summary>A mail server: as much SMTP (RFC 5321) as a client needs to hand over a mail, with STARTTLS, AUTH PLAIN and scripted replies.</summary>
internal sealed class SmtpSink : IAsyncDisposable
{
    /// <summary>In place of a reply: none, for ever.</summary>
    public const string Hang = "hang";

    /// <summary>In place of a reply: the connection breaks.</summary>
    public const string Drop = "drop";

    public const string User = "zaqar";
    public const string Password = "secret";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<SinkMail> _mails = [];
    private readonly ConcurrentDictionary<string, string> _replies = [];
    private readonly bool _tlsFromStart;
    private readonly Task _accepting;

    private SmtpSink(bool tlsFromStart)
    {
        _tlsFromStart = tlsFromStart;
        _listener.Start();
        _accepting = Accept();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whether it offers STARTTLS.</summary>
    public bool OffersTls { get; init; } = true;

    /// <summary>The mails it has taken, in their order.</summary>
    public IReadOnlyList<SinkMail> Mails => [.. _mails];

    /// <summary>Every command it was given, without what follows the verb.</summary>
    public ConcurrentQueue<string> Verbs { get; } = [];

    /// <param name="tlsFromStart">TLS from the first byte, as on port 465.</param>
    public static SmtpSink Start(bool tlsFromStart = false, bool offersTls = true) => new(tlsFromStart) { OffersTls = offersTls };

    /// <summary>Sets the reply to a verb, <c>CONNECT</c> for the greeting and <c>.</c> for the end of a mail.</summary>
    public SmtpSink Replies(string verb, string reply)
    {
        _replies[verb] = reply;
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task Accept()
    {
        var conversations = new List<Task>();
        try
        {
            while (true)
                conversations.Add(Converse(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(conversations);
        }
    }

    private async Task Converse(TcpClient client)
    {
        using (client)
        {
            try
            {
                Stream stream = client.GetStream();
                if (_tlsFromStart)
                    stream = await Encrypted(stream);
                await using (stream)
                    await Converse(stream);
            }
            catch (Exception end) when (end is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
            {
                // The client has gone, or the sink has.
            }
        }
    }

    private async Task Converse(Stream stream)
    {
        var lines = new StreamReader(stream, Encoding.Latin1);
        var (from, recipients, user, isEncrypted) = ("", new List<string>(), (string?)null, _tlsFromStart);
        await Reply("CONNECT", "220 sink ready");
        while (await lines.ReadLineAsync(_stop.Token) is { } line)
        {
            var verb = line.Split(' ', 2)[0].ToUpperInvariant();
            Verbs.Enqueue(verb);
            switch (verb)
            {
                case "EHLO":
                    await Reply(verb, "250-sink\r\n" + (OffersTls && !isEncrypted ? "250-STARTTLS\r\n" : "") + "250-8BITMIME\r\n250 AUTH PLAIN");
                    break;
                case "STARTTLS":
                    await Reply(verb, "220 go ahead");
                    (stream, isEncrypted) = (await Encrypted(stream), true);
                    lines = new StreamReader(stream, Encoding.Latin1);
                    break;
                case "AUTH":
                    user = Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ')[2])) == $"\0{User}\0{Password}" ? User : null;
                    await Reply(verb, user is null ? "535 no" : "235 welcome");
                    break;
                case "MAIL":
                    (from, recipients) = (Path(line), []);
                    await Reply(verb, "250 ok");
                    break;
                case "RCPT":
                    recipients.Add(Path(line));
                    await Reply(verb, "250 ok");
                    break;
                case "DATA":
                    if (!await Reply(verb, "354 go on"))
                        break;
                    var mail = new SinkMail(from, recipients, await Data(lines), isEncrypted, user);
                    if (await Reply(".", "250 taken"))
                        _mails.Enqueue(mail);
                    break;
                case "QUIT":
                    await Reply(verb, "221 bye");
                    return;
                default:
                    await Reply(verb, "250 ok");
                    break;
            }
        }

        // Whether the reply is the usual one.
        async Task<bool> Reply(string verb, string usual)
        {
            var reply = _replies.GetValueOrDefault(verb, usual);
            if (reply == Hang)
                await Task.Delay(Timeout.Infinite, _stop.Token);
            if (reply == Drop)
                throw new IOException("Dropped.");
            await stream.WriteAsync(Encoding.ASCII.GetBytes(reply + "\r\n"), _stop.Token);
            return reply == usual;
        }
    }

    private async Task<string> Data(StreamReader lines)
    {
        var data = new StringBuilder();
        while (await lines.ReadLineAsync(_stop.Token) is { } line && line != ".")
            data.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        return data.ToString();
    }

    private async Task<Stream> Encrypted(Stream stream)
    {
        var encrypted = new SslStream(stream);
        await encrypted.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = TestCertificate.Value }, _stop.Token);
        return encrypted;
    }

    // MAIL FROM:<path> SIZE=1
    private static string Path(string line) => line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];
}

/// <param name="Data">Header and body in Latin-1, without the transport's dots.</param>
/// <param name="User">Who logged in; null: nobody.</param>
internal sealed record SinkMail(string From, IReadOnlyList<string> Recipients, string Data, bool IsEncrypted, string? User);
