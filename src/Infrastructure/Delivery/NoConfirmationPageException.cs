namespace Zaqar.Infrastructure.Delivery;

/// <summary>A mail could not say where to confirm, for the operator has set no page for it.</summary>
internal sealed class NoConfirmationPageException() : Exception("The service has no page to confirm subscriptions at.");
