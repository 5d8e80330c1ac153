using System.Text;
using FluentAssertions;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Delivery;
using Zaqar.Integration.Notifications;

namespace Zaqar.Integration.Confirmation;

/// <summary>A service that signs links, with subscriptions to confirm by them.</summary>
public sealed class ConfirmationService : ZaqarService
{
    public const string Key = "a key of this test's own";

    protected override IReadOnlyList<string> Settings => [$"--Zaqar:SignedUrl:SecretKey={Key}"];

    /// <summary>A subscription that nobody has confirmed.</summary>
    internal async Task<Guid> Subscribe(QueueId queue)
    {
        using var owner = Owner(queue);
        return await owner.SubscribeTo(queue.Name, $"http://subscriber.example/{Guid.NewGuid():N}");
    }

    /// <summary>Ends a subscription.</summary>
    internal async Task End(QueueId queue, Guid subscription)
    {
        using var owner = Owner(queue);
        await owner.Unsubscribe(queue.Name, subscription);
    }

    /// <summary>What its owner sees of it.</summary>
    internal async Task<bool> IsConfirmed(QueueId queue, Guid subscription)
    {
        using var owner = Owner(queue);
        var shown = await owner.Subscription(queue.Name, subscription);
        shown.Status.Should().Be(200, shown.Text);
        return shown.Json.GetProperty("confirmed").GetBoolean();
    }

    /// <summary>The link that a confirmation mail carries.</summary>
    /// <param name="expires">2099 unless given.</param>
    internal Uri Link(QueueId queue, Guid subscription, DateTimeOffset? expires = null, string key = Key) => new(
        ConfirmationLink.For(queue, subscription.ToString(), expires ?? new(2099, 1, 1, 0, 0, 0, TimeSpan.Zero), key, new())
            .On(new Uri(Address, "/confirm").ToString()));

    // A project may have any name that a header can carry.
    private HttpClient Owner(QueueId queue)
    {
        var owner = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1 }) { BaseAddress = Address };
        owner.DefaultRequestHeaders.Add("Client-ID", Guid.NewGuid().ToString());
        owner.DefaultRequestHeaders.TryAddWithoutValidation("X-Project-ID", queue.Project);
        return owner;
    }
}
