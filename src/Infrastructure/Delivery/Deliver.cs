namespace Zaqar.Infrastructure.Delivery;

/// <summary>Durable word that something may be due for a subscriber; published with what is due, and scheduled for what is due later.</summary>
/// <param name="Project">The subscription's.</param>
/// <param name="Subscription">Its id.</param>
/// <param name="IsSecond">Said once more, because another node ran the lane.</param>
public sealed record Deliver(string Project, Guid Subscription, bool IsSecond = false);
