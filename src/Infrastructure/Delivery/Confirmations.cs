using Zaqar.Application;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Identity;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>Whether subscribers confirm. Source: API contract, section 8.3.</summary>
internal sealed class Confirmations(NotificationSettings settings, SignedUrlSettings signing, PublicAddresses addresses)
{
    /// <summary>Whether a subscription gets nothing until it is confirmed.</summary>
    public bool AreRequired => settings.RequireConfirmation;

    /// <summary>Whether subscribers are asked: without a key nobody could answer.</summary>
    public bool AreSent => AreRequired && signing.SecretKey is not null;

    /// <param name="expires">When the link ends.</param>
    /// <exception cref="KeystoneUnavailableException">Where the service is reached cannot be found out now.</exception>
    public async Task<ConfirmationLink> LinkFor(QueueId queue, Guid subscription, DateTimeOffset expires, CancellationToken ct) =>
        ConfirmationLink.For(queue, subscription.ToString(), expires, signing.SecretKey!, await addresses.Complete(ct));
}
