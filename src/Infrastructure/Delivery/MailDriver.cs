using Microsoft.Extensions.Logging;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>Tells subscribers by mail: <c>mailto</c>.</summary>
/// <remarks>
/// The original tries once. Here passing trouble, as a mail server's 4xx, follows the retry policy like any other delivery, and only
/// a lasting refusal ends it. Source: API contract, section 8.4.
/// </remarks>
internal sealed class MailDriver(IMailCarrier carrier, NotificationSettings settings, TimeProvider time, ILogger<MailDriver> logger) : IDriver
{
    public bool Serves(string scheme) => scheme.Equals("mailto", StringComparison.OrdinalIgnoreCase);

    public async Task<Outcome> Send(Notice notice, CancellationToken ct)
    {
        try
        {
            var mail = Mail.Of(notice, settings, time.GetUtcNow());
            using (mail.Message)
                return await carrier.Carry(mail, ct);
        }
        catch (UndeliverableException undeliverable)
        {
            return new Outcome.Refused(undeliverable.Message);
        }
        catch (NoConfirmationPageException noPage)
        {
            DeliveryLog.NoConfirmationPage(logger);
            return new Outcome.Refused(noPage.Message);
        }
    }
}
