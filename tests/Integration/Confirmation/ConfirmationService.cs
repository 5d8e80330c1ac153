using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Zaqar.Application.Subscriptions;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Delivery;

namespace Zaqar.Integration.Confirmation;

/// <summary>A service that signs links, with subscriptions to confirm by them.</summary>
public sealed class ConfirmationService : ZaqarService
{
    public const string Key = "a key of this test's own";

    private readonly RecordedConfirmations _confirmations = new();

    protected override IReadOnlyList<string> Settings => [$"--Zaqar:SignedUrl:SecretKey={Key}"];

    protected override void Configure(IServiceCollection services) =>
        services.AddSingleton<IRequestHandler<ConfirmSubscription, bool>>(_confirmations);

    /// <summary>A subscription that nobody has confirmed.</summary>
    internal Guid Subscribe(QueueId queue) => _confirmations.Add(queue);

    /// <summary>Ends a subscription.</summary>
    internal void End(QueueId queue, Guid subscription) => _confirmations.Remove(queue, subscription);

    /// <summary>What was made of it; null when nothing yet.</summary>
    internal bool? IsConfirmed(QueueId queue, Guid subscription) => _confirmations.Of(queue, subscription);

    /// <summary>The link that a confirmation mail carries.</summary>
    /// <param name="expires">2099 unless given.</param>
    internal Uri Link(QueueId queue, Guid subscription, DateTimeOffset? expires = null, string key = Key) => new(
        ConfirmationLink.For(queue.Project, queue.Name, subscription.ToString(), expires ?? new(2099, 1, 1, 0, 0, 0, TimeSpan.Zero), key, new())
            .On(new Uri(Address, "/confirm").ToString()));
}
