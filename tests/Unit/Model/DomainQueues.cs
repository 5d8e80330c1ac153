using System.Text;
using System.Text.Json;
using Zaqar.Domain;
using Zaqar.Domain.Claims;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Unit.Model;

/// <summary>The deciders and the fold as a service: decides each command, folds its events, keeps the books as the committer does.</summary>
/// <param name="segmentLength">Short, so that runs turn many pages.</param>
internal sealed class DomainQueues(int segmentLength) : IQueueService
{
    private static readonly Limits _limits = new();

    private readonly Dictionary<string, QueueState> _states = [];
    private readonly Dictionary<string, List<object>> _history = [];
    private readonly Dictionary<string, MessageId> _messages = [];
    private readonly Dictionary<string, Guid> _claims = [];
    private DateTimeOffset _now = Story.Dawn;

    public Task Advance(TimeSpan time)
    {
        _now += time;
        return Task.CompletedTask;
    }

    /// <summary>Records what is over, as the sweeper does, and moves queues: neither changes anything for clients.</summary>
    public Task Sweep()
    {
        foreach (var queue in _states.Keys)
        {
            KeepBooks(State(queue));
            Fold(State(queue), QueueDecider.ExpireMessages(State(queue), _now).Events);
            Move(State(queue));
        }

        return Task.CompletedTask;
    }

    public Task<ReferenceAnswer> CreateQueue(string queue, IReadOnlyDictionary<string, object?> metadata) =>
        Answer(() =>
        {
            var judged = QueueMetadata.FromClient(JsonSerializer.SerializeToUtf8Bytes(metadata), _limits);
            return new(Decide(queue, state => QueueDecider.Create(state, judged, By("alice"), _now)) ? 201 : 204);
        });

    public Task<ReferenceAnswer> PatchQueue(string queue, string op, string key, object? value) =>
        Answer(() =>
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(new[] { new { op, path = $"/metadata/{key}", value } });
            var operations = MetadataPatch.Parse(body);
            Decide(queue, state => QueueDecider.Patch(state, operations, _limits, By("alice"), _now));
            return new(200);
        });

    public Task<ReferenceAnswer> DeleteQueue(string queue) =>
        Answer(() =>
        {
            Decide(queue, state => QueueDecider.Delete(state, By("alice"), _now));
            return new(204);
        });

    public Task<ReferenceAnswer> Purge(string queue) =>
        Answer(() =>
        {
            while (Decide(queue, state => QueueDecider.Purge(state, state.NextNumber, By("alice"), _now)) == QueueDecider.PurgeChunk)
            {
            }

            return new(204);
        });

    public Task<ReferenceAnswer> GetStats(string queue)
    {
        var alive = Alive(queue).ToArray();
        var claimed = alive.Count(message => State(queue).HolderOf(message.Number, _now) is not null);
        return Task.FromResult(new ReferenceAnswer(200)
        {
            Stats = new(claimed, alive.Length - claimed, alive.Length, Name(alive.FirstOrDefault()), Name(alive.LastOrDefault())),
        });
    }

    public Task<ReferenceAnswer> Post(string queue, string client, IReadOnlyList<ReferenceDraft> drafts) =>
        Answer(() =>
        {
            MessageDraft[] posted =
            [
                .. drafts.Select(draft => new MessageDraft(JsonSerializer.SerializeToUtf8Bytes(draft.Name), draft.Ttl,
                    draft.Delay is null ? null : new DraftDelay(draft.Delay), Nonce: long.Parse(draft.Name.AsSpan(1), null))),
            ];
            var ids = Decide(queue, state => MessageDecider.Post(state, posted, 1, _limits, By(client), _now));
            foreach (var (draft, id) in drafts.Zip(ids))
                _messages[draft.Name] = id;

            return new(201);
        });

    public Task<ReferenceAnswer> List(
        string queue, string client, string? after, int limit, bool echo, bool includeClaimed, bool includeDelayed)
    {
        var state = State(queue);
        var start = after is null ? 0 : state.Find(_messages[after])?.Number ?? _messages[after].Number;
        var hidesDelayed = !includeDelayed && state.Metadata.DefaultMessageDelay is not null;
        return Task.FromResult(Shown(200, state, Alive(queue).Where(message =>
            message.Number > start
            && (echo || message.Client != client)
            && (includeClaimed || state.HolderOf(message.Number, _now) is null)
            && (!hidesDelayed || message.IsVisible(_now))).Take(limit)));
    }

    public Task<ReferenceAnswer> Get(string queue, string message) =>
        Task.FromResult(State(queue).Find(IdOf(message)) is { } found && found.IsAlive(_now)
            ? Shown(200, State(queue), [found])
            : new ReferenceAnswer(404, "Not found"));

    public Task<ReferenceAnswer> Delete(string queue, string message, string? claim) =>
        Answer(() =>
        {
            Decide(queue, state => MessageDecider.Delete(state, IdOf(message), claim is null ? null : ClaimOf(claim), By("alice"), _now));
            return new(204);
        });

    public Task<ReferenceAnswer> DeleteMany(string queue, IReadOnlyList<string> messages) =>
        Answer(() =>
        {
            Decide(queue, state => MessageDecider.DeleteMany(state, [.. messages.Select(IdOf)], null, By("alice"), _now));
            return new(204);
        });

    public Task<ReferenceAnswer> Pop(string queue, int count) =>
        Answer(() =>
        {
            var popped = Decide(queue, state => MessageDecider.Pop(state, count, By("alice"), _now));
            return Shown(200, State(queue), popped, withCounts: true);
        });

    public Task<ReferenceAnswer> Claim(string queue, string client, string claim, int limit, long? ttl, long? grace) =>
        Answer(() =>
        {
            _claims[claim] = new Guid(_claims.Count + 1, 0, 0, new byte[8]);
            var claimed = Decide(queue, state => ClaimDecider.Claim(state, ClaimOf(claim), limit, ttl ?? _limits.DefaultClaimTtl,
                grace ?? _limits.DefaultClaimGrace, _limits, By(client), _now));
            return claimed.Count == 0 ? new(204) : Shown(201, State(queue), claimed);
        });

    public Task<ReferenceAnswer> GetClaim(string queue, string claim)
    {
        var state = State(queue);
        return Task.FromResult(state.Claims.TryGetValue(ClaimOf(claim), out var found) && found.IsLive(_now)
            ? Shown(200, state, found.Numbers.Select(number => state.Messages[number]).Where(message => message.IsAlive(_now))) with
            {
                Claim = new(found.Ttl, (long)(_now - found.RenewedAt).TotalSeconds),
            }
            : new ReferenceAnswer(404, "Not found"));
    }

    public Task<ReferenceAnswer> Renew(string queue, string claim, long? ttl, long? grace) =>
        Answer(() =>
        {
            Decide(queue, state => ClaimDecider.Renew(state, ClaimOf(claim), ttl ?? _limits.DefaultClaimTtl,
                grace ?? _limits.DefaultClaimGrace, _limits, By("alice"), _now));
            return new(204);
        });

    public Task<ReferenceAnswer> Release(string queue, string claim) =>
        Answer(() =>
        {
            Decide(queue, state => ClaimDecider.Release(state, ClaimOf(claim), By("alice"), _now));
            return new(204);
        });

    /// <summary>What must hold after any step, whatever was asked.</summary>
    /// <exception cref="InvalidOperationException">Something does not.</exception>
    public void CheckInvariants()
    {
        foreach (var (queue, state) in _states)
        {
            Check(state.Total == state.Messages.Count, $"{queue} counts {state.Total} messages and holds {state.Messages.Count}");
            Check(state.Line.Select(message => message.Number).SequenceEqual(state.Line.Select(message => message.Number).Order()),
                $"the line of {queue} is out of order");

            var held = state.Claims.Values.SelectMany(claim => claim.Numbers).ToArray();
            Check(held.Distinct().Count() == held.Length, $"two claims of {queue} hold one message");
            Check(held.All(state.Messages.ContainsKey), $"a claim of {queue} holds a message that is gone");
            Check(state.Line.Select(message => message.Number).Concat(held).Order().SequenceEqual(state.Messages.Keys.Order()),
                $"a message of {queue} is neither in line nor held, or both");
            Check(state.Claims.Values.All(claim => claim.Numbers.All(number => state.Messages[number].ExpiresAt >= claim.ExpiresAt)),
                $"a message of {queue} ends before the claim that holds it");
            CheckFrontier(queue, state);
        }
    }

    /// <summary>Folded at once or step by step, the same history leads to the same state.</summary>
    /// <exception cref="InvalidOperationException">It does not.</exception>
    public void CheckReplay()
    {
        foreach (var (queue, state) in _states)
        {
            var replayed = new QueueState(state.Id);
            foreach (var @event in _history[queue])
                replayed.Evolve(@event);

            Check(Snapshot(state) == Snapshot(replayed), $"{queue} replayed is another:\n{Snapshot(replayed)}\nthan\n{Snapshot(state)}");
        }
    }

    // Readers walk from the frontier on and look at what stands loose before it; both must hold for them to miss nothing.
    private void CheckFrontier(string queue, QueueState state)
    {
        var events = _history[queue].Skip(_history[queue].FindLastIndex(@event => @event is QueueCreated)).ToArray();
        var undelayed = events.OfType<MessagePosted>().Where(posted => !posted.IsDelayed).Select(posted => posted.Number).ToHashSet();
        var taken = events.OfType<MessageClaimed>().SelectMany(claimed => claimed.Numbers).ToHashSet();
        if (!state.Exists)
            return;

        Check(!taken.Any(number => undelayed.Contains(number) && number >= state.Frontier), $"beyond the frontier of {queue} a message was claimed");
        Check(state.Messages.Values.Where(message => undelayed.Contains(message.Number) && message.Number < state.Frontier)
            .All(message => taken.Contains(message.Number) || !message.IsAlive(_now)), $"behind the frontier of {queue} stands a message never claimed");
    }

    private static string Snapshot(QueueState state) => JsonSerializer.Serialize(new
    {
        state.Exists, state.Hold, state.Incarnation, state.Segment, state.Version, state.CreatedAt, state.Metadata.Json, state.NextNumber, state.Frontier,
        state.Total, state.SegmentStart, state.Horizon,
        Messages = state.Messages.Values.OrderBy(message => message.Number),
        Claims = state.Claims.Values.OrderBy(claim => claim.Id),
        Line = state.Line.Select(message => message.Number),
    });

    private static void Check(bool holds, string otherwise)
    {
        if (!holds)
            throw new InvalidOperationException(otherwise);
    }

    private TAnswer Decide<TAnswer>(string queue, Func<QueueState, Decision<TAnswer>> decide)
    {
        var state = State(queue);
        KeepBooks(state);
        var decision = decide(state);
        Fold(state, decision.Events);
        if (decision.DeadLetters is { } letters)
        {
            var target = State(letters.To);
            KeepBooks(target);
            Fold(target, MessageDecider.Receive(target, letters, By("claimer"), _now));
        }

        CheckInvariants();
        return decision.Answer;
    }

    // A move that is called off, and then one that comes to its end.
    private void Move(QueueState state)
    {
        if (!state.Exists)
            return;

        Fold(state, QueueDecider.Freeze(state, Story.Theirs, "b", _now).Events);
        Fold(state, QueueDecider.Thaw(state, Story.Theirs, _now).Events);
        Fold(state, QueueDecider.Freeze(state, Story.Mine, "b", _now).Events);
        Fold(state, [new QueueCopied(Story.Mine, "a", _now)]);
        Fold(state, QueueDecider.Arrive(state, Story.Mine, "a", _now).Events);
        CheckInvariants();
    }

    private void KeepBooks(QueueState state)
    {
        Fold(state, QueueDecider.ExpireClaims(state, _now));
        Fold(state, QueueDecider.TurnPage(state, segmentLength, _now));
    }

    private void Fold(QueueState state, IReadOnlyList<object> events)
    {
        foreach (var @event in events)
        {
            state.Evolve(@event);
            _history[state.Id.Name].Add(@event);
        }
    }

    private QueueState State(string queue)
    {
        if (!_states.TryGetValue(queue, out var state))
        {
            _states[queue] = state = new QueueState(new QueueId("project-1", queue));
            _history[queue] = [];
        }

        return state;
    }

    private IEnumerable<KnownMessage> Alive(string queue) =>
        State(queue).Messages.Values.Where(message => message.IsAlive(_now)).OrderBy(message => message.Number);

    private ReferenceAnswer Shown(int status, QueueState state, IEnumerable<KnownMessage> messages, bool withCounts = false) => new(status)
    {
        Messages =
        [
            .. messages.Select(message => new ReferenceMessage(
                Name(message)!, message.Ttl, (long)(_now - message.PostedAt).TotalSeconds,
                state.HolderOf(message.Number, _now) is { } holder ? _claims.Single(claim => claim.Value == holder.Id).Key : null,
                withCounts ? message.ClaimCount : null)),
        ],
    };

    private static string? Name(KnownMessage? message) =>
        message is null ? null : JsonSerializer.Deserialize<string>(Encoding.UTF8.GetString(message.Body.Span));

    private MessageId IdOf(string message) => _messages.GetValueOrDefault(message, MessageId.For(1_000_000, 5));

    private Guid ClaimOf(string claim) => _claims.GetValueOrDefault(claim, Guid.Empty);

    private static Actor By(string client) => new(client, null, "req-1", "http");

    private static Task<ReferenceAnswer> Answer(Func<ReferenceAnswer> act)
    {
        try
        {
            return Task.FromResult(act());
        }
        catch (RejectedException rejected)
        {
            return Task.FromResult(rejected.Kind switch
            {
                ErrorKind.InvalidRequest => new ReferenceAnswer(400, "Invalid API request"),
                ErrorKind.InvalidBody => new ReferenceAnswer(400, "Invalid request body"),
                ErrorKind.BadClaim => new ReferenceAnswer(400, "Unable to delete"),
                ErrorKind.Claimed => new ReferenceAnswer(403, "Unable to delete"),
                ErrorKind.NotFound => new ReferenceAnswer(404, "Not found"),
                ErrorKind.Conflict => new ReferenceAnswer(409, "Resource conflict"),
                _ => throw new InvalidOperationException($"The domain never refuses with {rejected.Kind}.", rejected),
            });
        }
    }
}
