using Zaqar.Infrastructure.Outbound;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>Tells subscribers by a POST to their <c>http</c> or <c>https</c> address.</summary>
internal sealed class WebhookDriver(WebhookSender sender) : IDriver
{
    public bool Serves(string scheme) =>
        scheme.Equals(Uri.UriSchemeHttp, StringComparison.OrdinalIgnoreCase) || scheme.Equals(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);

    public async Task<Outcome> Send(Notice notice, CancellationToken ct)
    {
        try
        {
            return await sender.Send(SubscriberUri.WebTarget(notice.Subscriber), notice, DeliveryOptions.Read(notice.Options), token: null, ct);
        }
        catch (UndeliverableException undeliverable)
        {
            return new Outcome.Refused(undeliverable.Message);
        }
        catch (UriFormatException)
        {
            return new Outcome.Refused("The subscriber is not a URI that can be posted to.");
        }
    }
}
