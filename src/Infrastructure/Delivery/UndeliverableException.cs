namespace Zaqar.Infrastructure.Delivery;

/// <summary>A notice cannot be turned into a request or a mail, now or later; the message is a sentence for the subscription's owner.</summary>
internal sealed class UndeliverableException(string reason) : Exception(reason);
