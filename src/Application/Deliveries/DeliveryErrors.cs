using Zaqar.Domain;

namespace Zaqar.Application.Deliveries;

/// <summary>There is no such subscription, and nothing that was to be told to it is remembered either.</summary>
public sealed class SubscriptionForgotten(string id)
    : RejectedException(ErrorKind.NotFound, $"Subscription {id} does not exist, and no delivery to it is remembered.");

/// <summary>There is no such delivery, or its retention is over.</summary>
public sealed class DeliveryNotFound(string id)
    : RejectedException(ErrorKind.NotFound, $"Delivery {id} does not exist or is forgotten.");
