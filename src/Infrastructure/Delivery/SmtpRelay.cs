using System.Net.Security;
using System.Net.Sockets;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Logging;
using MimeKit;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>Hands mails to the operator's mail server by SMTP, a connection for each: <c>self_local</c>.</summary>
/// <remarks>
/// A 5xx to sender, recipient or message refuses the mail. All else, a wrong password and a certificate that is not trusted included, is the
/// operator's to mend, and the delivery is tried again.
/// </remarks>
internal sealed class SmtpRelay(NotificationSettings settings, TimeProvider time, ILogger<SmtpRelay> logger) : IMailCarrier
{
    private const int Accepted = 250;

    /// <summary>Judges the server's certificate in place of the machine's own list of authorities; null leaves it to that.</summary>
    public RemoteCertificateValidationCallback? TrustsCertificate { get; init; }

    public async Task<Outcome> Carry(Mail mail, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(settings.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);

        // As for webhooks, nobody is asked whether a certificate was revoked: where the answer cannot be had, no mail would be sent.
        using var client = new SmtpClient { CheckCertificateRevocation = false, ServerCertificateValidationCallback = TrustsCertificate };
        try
        {
            if (await Connect(client, both.Token) is { } trouble)
                return trouble;

            await client.SendAsync(mail.Message, mail.Sender ?? new MailboxAddress("", ""), [mail.Recipient], both.Token);
        }
        catch (SmtpCommandException refused) when ((int)refused.StatusCode >= 500)
        {
            return new Outcome.Refused($"The mail server answered {(int)refused.StatusCode}.", (int)refused.StatusCode);
        }
        catch (SmtpCommandException later)
        {
            return new Outcome.TryAgain($"The mail server answered {(int)later.StatusCode}.", (int)later.StatusCode);
        }
        catch (NotSupportedException impossible)
        {
            // The address has characters that the server has no way to say.
            return new Outcome.Refused(impossible.Message);
        }
        catch (Exception failure) when (IsTrouble(failure, ct))
        {
            return new Outcome.TryAgain("The connection to the mail server broke.");
        }

        await Quit(client, both.Token);
        return new Outcome.Delivered(Accepted);
    }

    /// <returns>What the server is not ready for; null when it is ready for the mail.</returns>
    private async Task<Outcome?> Connect(SmtpClient client, CancellationToken ct)
    {
        try
        {
            await client.ConnectAsync(settings.SmtpHost!, settings.SmtpPort ?? 0, settings.SmtpSecurity switch
            {
                SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
                SmtpSecurity.StartTls => SecureSocketOptions.StartTls,
                _ => SecureSocketOptions.None,
            }, ct);
            if (settings.SmtpUserName is { } user)
                await client.AuthenticateAsync(user, settings.SmtpUserPassword ?? "", ct);
            return null;
        }
        catch (Exception failure) when (failure is SmtpCommandException or AuthenticationException or NotSupportedException || IsTrouble(failure, CancellationToken.None))
        {
            ct.ThrowIfCancellationRequested();
            DeliveryLog.RelayFailed(logger, settings.SmtpHost!, failure.GetType().Name);
            return new Outcome.TryAgain("The service's mail server cannot be used now.");
        }
    }

    private static bool IsTrouble(Exception failure, CancellationToken ct) => !ct.IsCancellationRequested &&
        failure is SmtpProtocolException or IOException or SocketException or SslHandshakeException or TimeoutException or OperationCanceledException;

    // The server has taken the mail: how the conversation ends changes nothing.
    private static async Task Quit(SmtpClient client, CancellationToken ct)
    {
        try
        {
            await client.DisconnectAsync(quit: true, ct);
        }
        catch (Exception rude) when (rude is SmtpProtocolException or SmtpCommandException or IOException or SocketException or OperationCanceledException)
        {
        }
    }
}
