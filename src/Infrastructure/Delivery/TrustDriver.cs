using System.Net;
using Zaqar.Infrastructure.Identity;
using Zaqar.Infrastructure.Outbound;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>
/// Tells subscribers like the webhook driver, with a token of the subscription's owner in the request, so that a message can drive
/// another service of the cloud in the owner's name: <c>trust+http</c>, <c>trust+https</c>.
/// </summary>
/// <remarks>
/// A 401 to a token that was kept from an earlier delivery may be the token's fault: it is dropped, and the delivery tried again with a new one. A 401
/// to a new token is the subscriber's last word. Source: API contract, section 8.5.
/// </remarks>
internal sealed class TrustDriver(WebhookSender sender, ITrustTokens tokens) : IDriver
{
    public bool Serves(string scheme) =>
        scheme.Equals("trust+http", StringComparison.OrdinalIgnoreCase) || scheme.Equals("trust+https", StringComparison.OrdinalIgnoreCase);

    public async Task<Outcome> Send(Notice notice, CancellationToken ct)
    {
        var options = DeliveryOptions.Read(notice.Options);
        if (options.TrustId is not { } trust)
            return new Outcome.Refused("options.trust_id is missing.");

        try
        {
            var token = await tokens.Get(trust, ct);
            var outcome = await sender.Send(SubscriberUri.WebTarget(notice.Subscriber), notice, options, token.Value, ct);
            if (outcome is not Outcome.Refused { Status: (int)HttpStatusCode.Unauthorized } refused)
                return outcome;

            tokens.Drop(trust, token);
            return token.IsNew ? refused : new Outcome.TryAgain(refused.Reason, refused.Status);
        }
        catch (TrustRefusedException refused)
        {
            return new Outcome.Refused(refused.Message);
        }
        catch (KeystoneUnavailableException unavailable)
        {
            return new Outcome.TryAgain(unavailable.Message);
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
