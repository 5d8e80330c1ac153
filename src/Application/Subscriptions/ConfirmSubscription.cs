using MediatR;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Subscriptions;

// Stands in for the command of the same name until subscriptions are there; to be dropped for it.
/// <summary>Confirms a subscription, or takes it back; answers whether it is confirmed now.</summary>
public sealed record ConfirmSubscription(QueueId Queue, Guid Subscription, bool Confirmed, Actor By) : IRequest<bool>;
