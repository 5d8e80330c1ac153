using MediatR;
using Zaqar.Domain;
using Zaqar.Domain.Queues;
using Zaqar.Domain.Subscriptions;

namespace Zaqar.Application.Subscriptions;

/// <summary>Ends a subscription; answers whether there was one.</summary>
public sealed record DeleteSubscription(QueueId Queue, Guid Subscription, Actor By, DeletionReason Reason = DeletionReason.Asked) : IRequest<bool>;
