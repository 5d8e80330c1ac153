using MediatR;
using Microsoft.Extensions.Logging;
using Zaqar.Application.Encryption;
using Zaqar.Application.Subscriptions;
using Zaqar.Domain;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;
using Zaqar.Domain.Subscriptions;
using Zaqar.Infrastructure.Identity;
using Zaqar.Infrastructure.Schema;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>Attempts what is due for one subscriber and records what came of it.</summary>
/// <remarks>
/// Attempts are recorded a page at a time, or each where they take long: a crash repeats the few that were under way, and what was
/// recorded is never repeated. A delivery that fails waits for its own retry and lets those behind it pass. Source: API contract, section 8.6.
/// </remarks>
internal sealed partial class Lane(
    Deliveries deliveries, Drivers drivers, Confirmations confirmations, MessageSeal seal, Limits limits, Mediator mediator, TimeProvider time,
    ILogger<Lane> log)
{
    private const int Gone = 410;

    /// <summary>How long a message waits whose key is away, until it is over for certain; no attempt is counted.</summary>
    internal static readonly TimeSpan KeyIsAway = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan _recordAtLeast = TimeSpan.FromMilliseconds(50);
    private static readonly BinaryMessagePosted _binary = new();
    private static readonly Actor _itself = new("", null, "", "notification");

    /// <summary>Goes on until nothing is due.</summary>
    public async Task Run(Deliver word, LaneLocks locks, CancellationToken ct)
    {
        while (await deliveries.Due(word, ct) is { Due.Count: > 0 } page)
        {
            var made = new List<Deliveries.Attempt>(page.Due.Count);
            var since = time.GetTimestamp();
            try
            {
                foreach (var due in page.Due)
                {
                    // Another node may have begun to run the lane.
                    if (!await locks.StillHolds(word.Subscription, ct))
                        throw new TimeoutException("The connection that held the lane is gone.");

                    var attempt = await Attempt(word, page.Subscriber, due, ct);
                    made.Add(attempt);

                    // What was known of the subscriber is old by now, or untrue: it is asked for again with what is due next.
                    if (attempt.Status == Gone || time.GetElapsedTime(since) >= _recordAtLeast)
                        break;
                }
            }
            finally
            {
                // What was made is recorded also when the next attempt is cut off by a stop.
                if (made.Count > 0)
                    await deliveries.Record(made, CancellationToken.None);
            }
        }
    }

    /// <inheritdoc cref="Deliveries.UntilNext"/>
    public Task<TimeSpan?> UntilNext(Deliver word, CancellationToken ct) => deliveries.UntilNext(word, ct);

    private async Task<Deliveries.Attempt> Attempt(
        Deliver word, Deliveries.Subscriber? subscriber, Deliveries.DueDelivery due, CancellationToken ct)
    {
        if (subscriber is null)
            return Ended("failed", null, "The subscription has ended.", null);
        if (due.Kind != NoticeKind.Notification && !confirmations.AreSent)
            return Ended("failed", null, "Confirmations are no longer sent.", null);
        if (due.Kind == NoticeKind.Notification && confirmations.AreRequired && !subscriber.Confirmed)
            return Ended("failed", null, "The subscription is not confirmed.", null);
        if (due is { Kind: NoticeKind.Notification, Event: null })
            return Ended("failed", null, "The history of this message has been dropped.", null);

        var began = time.GetTimestamp();
        Outcome outcome;
        try
        {
            outcome = await Send(word, subscriber, due, ct);
        }
        catch (MessageUnreadable unreadable)
        {
            // It holds back the history that it is in, so it does not wait for ever.
            return limits.IsLongOver(Posted(due).ExpiresAt, subscriber.Now)
                ? Ended("failed", null, "The message could not be decrypted while it lived.", null)
                : new(word.Subscription, due.Id, "waiting", due.Attempts, null, unreadable.Message, null, KeyIsAway);
        }

        var took = time.GetElapsedTime(began);
        switch (outcome)
        {
            case Outcome.Delivered delivered:
                return Ended("delivered", delivered.Status, null, took);

            case Outcome.TryAgain again:
                var made = due.Attempts + 1;
                var schedule = RetrySchedule.Of(
                    subscriber.Metadata is null ? null : RetryPolicy.In(subscriber.Metadata), RetryPolicy.In(subscriber.Options));
                if (schedule.DelayBefore(made + 1) is not { } delay)
                    return Ended("failed", again.Status, again.Reason, took);

                var wait = again.RetryAfter > delay ? again.RetryAfter.Value : delay;
                return new(word.Subscription, due.Id, "waiting", made, again.Status, again.Reason, took, wait);

            case Outcome.Refused refused:
                return Ended("failed", refused.Status, refused.Reason, took);

            case Outcome.Gone:
                LogGone(log, word.Subscription);
                await mediator.Send(
                    new DeleteSubscription(new(word.Project, subscriber.Queue), word.Subscription, _itself, DeletionReason.Gone, subscriber.Uri), ct);
                return Ended("failed", Gone, "The subscriber is gone; the subscription has ended.", took);

            default:
                throw new InvalidOperationException($"{outcome.GetType().Name} is no outcome.");
        }

        Deliveries.Attempt Ended(string state, int? status, string? reason, TimeSpan? latency) =>
            new(word.Subscription, due.Id, state, latency is null ? due.Attempts : due.Attempts + 1, status, reason, latency, null);
    }

    // Whatever is wrong with one delivery, those behind it go on.
    private async Task<Outcome> Send(Deliver word, Deliveries.Subscriber subscriber, Deliveries.DueDelivery due, CancellationToken ct)
    {
        try
        {
            return await drivers.Send(await Notice(word, subscriber, due, ct), ct);
        }
        catch (KeystoneUnavailableException unavailable) when (!ct.IsCancellationRequested)
        {
            return new Outcome.TryAgain(unavailable.Message);
        }
        catch (Exception bug) when (bug is not MessageUnreadable && !ct.IsCancellationRequested)
        {
            LogNotAttempted(log, IdOf(due), bug);
            return new Outcome.TryAgain("The service could not make this delivery.");
        }
    }

    private async ValueTask<Notice> Notice(Deliver word, Deliveries.Subscriber subscriber, Deliveries.DueDelivery due, CancellationToken ct)
    {
        var (id, queue) = (IdOf(due), new QueueId(word.Project, subscriber.Queue));
        if (due.Kind != NoticeKind.Notification)
        {
            var until = due.Kind == NoticeKind.UnsubscribeConfirmation
                ? subscriber.Now.AddSeconds(limits.DefaultSubscriptionTtl)
                : subscriber.ExpiresAt;
            var link = await confirmations.LinkFor(queue, word.Subscription, until, ct);
            return new(id, word.Project, queue.ShownName, subscriber.Uri, subscriber.Options, due.Kind,
                NotificationDocument.Confirmation(due.Kind, link), link);
        }

        var posted = seal.Open(queue, Posted(due));
        return new(id, word.Project, queue.ShownName, subscriber.Uri, subscriber.Options, due.Kind,
            NotificationDocument.Of(posted, queue.ShownName, subscriber.QueueDelays));
    }

    private static MessagePosted Posted(Deliveries.DueDelivery due) => (MessagePosted)_binary.Deserialize(typeof(MessagePosted), due.Event!);

    private static string IdOf(Deliveries.DueDelivery due) => due.Id.ToString("N");

    [LoggerMessage(2, LogLevel.Error, "Delivery {Delivery} could not be attempted; it is tried again by its retry policy.")]
    private static partial void LogNotAttempted(ILogger log, string delivery, Exception bug);

    [LoggerMessage(1, LogLevel.Information, "Subscription {Subscription} has ended, for its subscriber is gone.")]
    private static partial void LogGone(ILogger log, Guid subscription);
}
