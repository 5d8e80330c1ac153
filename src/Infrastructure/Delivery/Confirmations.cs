namespace Zaqar.Infrastructure.Delivery;

/// <summary>Whether subscribers confirm. Source: API contract, section 8.3.</summary>
/// <param name="secretKey">What confirmation links are signed with; null where the operator has set none.</param>
internal sealed class Confirmations(NotificationSettings settings, string? secretKey)
{
    /// <summary>Whether a subscription gets nothing until it is confirmed.</summary>
    public bool AreRequired => settings.RequireConfirmation;

    /// <summary>Whether subscribers are asked: without a key nobody could answer.</summary>
    public bool AreSent => AreRequired && secretKey is not null;

    /// <param name="expires">When the link ends.</param>
    public ConfirmationLink LinkFor(string project, string queue, Guid subscription, DateTimeOffset expires) =>
        ConfirmationLink.For(project, queue, subscription.ToString(), expires, secretKey!, settings);
}
