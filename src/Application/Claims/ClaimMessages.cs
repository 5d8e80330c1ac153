using MediatR;
using Zaqar.Application.Committing;
using Zaqar.Application.Encryption;
using Zaqar.Application.Messages;
using Zaqar.Application.Waiting;
using Zaqar.Domain;
using Zaqar.Domain.Claims;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Claims;

/// <summary>Claims the oldest active messages; answers the claim, or null when nothing was to be had.</summary>
/// <remarks>A message that cannot be decrypted is not taken, nor one behind it; 503 while it is the oldest.</remarks>
/// <param name="Limit">1 to <see cref="Limits.MaxMessagesPerClaimOrPop"/>, checked at the edge.</param>
/// <param name="Ttl">Seconds; null takes the default.</param>
/// <param name="Grace">Seconds; null takes the default.</param>
/// <param name="Wait">How long to wait for something to arrive while there is nothing; zero for not at all.</param>
public sealed record ClaimMessages(QueueId Queue, Actor By, int Limit, long? Ttl, long? Grace, TimeSpan Wait) : IRequest<ClaimTaken?>, IQueueRequest;

/// <summary>A new claim.</summary>
/// <param name="Messages">At least one, oldest first.</param>
public sealed record ClaimTaken(Guid Id, IReadOnlyList<MessageView> Messages);

internal sealed class ClaimMessagesHandler(ICommitter committer, MessageSeal seal, QueueSignals signals, Limits limits)
    : IRequestHandler<ClaimMessages, ClaimTaken?>
{
    public Task<ClaimTaken?> Handle(ClaimMessages command, CancellationToken cancellationToken)
    {
        var claimId = Guid.NewGuid();
        return signals.FirstAnswer(command.Queue, command.Wait, Claim, taken => taken is not null, cancellationToken);

        Task<ClaimTaken?> Claim(CancellationToken ct) =>
            committer.Commit(command.Queue, new Needs { Line = command.Limit },
                (queue, now) => Decide(command, claimId, command.Limit, queue, now), command.By, ct);
    }

    private Decision<ClaimTaken?> Decide(ClaimMessages command, Guid claimId, int limit, QueueState queue, DateTimeOffset now)
    {
        var claimed = ClaimDecider.Claim(queue, claimId, limit, command.Ttl ?? limits.DefaultClaimTtl,
            command.Grace ?? limits.DefaultClaimGrace, limits, command.By, now);

        // What is dead is opened too, for the queue that it goes to has it sealed anew.
        var dead = claimed.DeadLetters?.Messages ?? [];
        var taken = dead.Count == 0 ? claimed.Answer : [.. claimed.Answer.Concat(dead).OrderBy(message => message.Number)];
        var shown = seal.OpenFirst(queue.Id, [.. taken.Select(message => MessageView.Of(message, claimId, now))]);
        if (shown.Count < taken.Count)
            return Decide(command, claimId, shown.Count, queue, now);

        return new(claimed.Answer.Count == 0
            ? null
            : new ClaimTaken(claimId, dead.Count == 0 ? shown : [.. shown.ExceptBy(dead.Select(message => message.Number), view => view.Number)]),
            claimed.Events, claimed.DeadLetters);
    }
}
