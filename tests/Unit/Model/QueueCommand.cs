using CsCheck;

namespace Zaqar.Unit.Model;

/// <summary>
/// One step of a random run. Messages and claims are picked by number, an even one among those that live in the queue and an odd one
/// among all that the run has named, and instants among the model's edges: so a step means something in whatever run it stands.
/// </summary>
public abstract record QueueCommand
{
    private static readonly Gen<string> _queue = Gen.Frequency((8, Gen.Const("orders")), (3, Gen.Const("dead")), (1, Gen.Const("other")));

    private static readonly Gen<string> _client = Gen.OneOf("alice", "bob");

    private static readonly Gen<int> _pick = Gen.Int[0, 60];

    private static readonly Gen<long?> _messageTtl = Among([null, 60, 61, 120, 300, 400], [59, 1_209_601]);

    private static readonly Gen<long?> _messageDelay = Among([null, 0, 10, 60], [-1, 901]);

    private static readonly Gen<long?> _claimTtl = Among([null, 60, 60, 90], [59, 43_201]);

    private static readonly Gen<long?> _grace = Among([null, 60, 100], [59, 43_201]);

    private static readonly Gen<ReferenceDraft> _draft = Gen.Select(_messageTtl, _messageDelay, (ttl, delay) => new ReferenceDraft("", ttl, delay));

    private static readonly Gen<(string Key, object? Value)> _setting = Gen.OneOf<(string, object?)>(
        ("_default_message_delay", 30L), ("_default_message_delay", 0L), ("_default_message_delay", 901L),
        ("_default_message_ttl", 90L), ("_default_message_ttl", 59L),
        ("_dead_letter_queue", "dead"), ("_dead_letter_queue", "orders"), ("_dead_letter_queue", null),
        ("_dead_letter_queue_messages_ttl", 70L), ("_dead_letter_queue_messages_ttl", null),
        ("_max_claim_count", 1L), ("_max_claim_count", 2L), ("_max_claim_count", 0L),
        ("colour", "red"));

    // Most of what is interesting needs several keys at once.
    private static readonly Gen<(string Key, object? Value)[]> _settings = Gen.OneOf<(string, object?)[]>(
        [],
        [("_default_message_delay", 30L)],
        [("_dead_letter_queue", "dead"), ("_max_claim_count", 1L)],
        [("_dead_letter_queue", "dead"), ("_max_claim_count", 2L), ("_dead_letter_queue_messages_ttl", 70L)],
        [("_dead_letter_queue", "other"), ("_max_claim_count", 1L), ("_default_message_delay", 30L)],
        [("_dead_letter_queue", "orders"), ("_max_claim_count", 1L), ("_default_message_ttl", 90L)],
        [("_default_message_ttl", 59L)]);

    /// <summary>Runs of steps; each begins by making a queue.</summary>
    /// <param name="nudge">How far from an edge the clock is moved besides to it: the least that the service under test can tell.</param>
    public static Gen<List<QueueCommand>> Runs(int longest, TimeSpan nudge) =>
        Gen.Select(Made(Gen.Const("orders")), Steps(nudge).List[1, longest], (first, rest) => (List<QueueCommand>)[first, .. rest]);

    private static Gen<QueueCommand> Steps(TimeSpan nudge) => Gen.Frequency(
        (14, Gen.Select(_queue, _client, _draft.List[1, 3], (queue, client, drafts) => (QueueCommand)new PostMessages(queue, client, drafts))),
        (10, Gen.Select(_queue, _client, Gen.Int[1, 4], _claimTtl, _grace,
            (queue, client, limit, ttl, grace) => (QueueCommand)new ClaimMessages(queue, client, limit, ttl, grace))),
        (4, Gen.Select(_queue, _pick, _claimTtl, Among([null, 60, 500], [0, 50_000]),
            (queue, claim, ttl, grace) => (QueueCommand)new RenewClaim(queue, claim, ttl, grace))),
        (4, Gen.Select(_queue, _pick, (queue, claim) => (QueueCommand)new ReleaseClaim(queue, claim))),
        (2, Gen.Select(_queue, _pick, (queue, claim) => (QueueCommand)new GetClaim(queue, claim))),
        (5, Gen.Select(_queue, _pick, Gen.Int[-20, 60], (queue, message, claim) => (QueueCommand)new DeleteMessage(queue, message, claim < 0 ? null : claim))),
        (1, Gen.Select(_queue, _pick.List[1, 3], (queue, messages) => (QueueCommand)new DeleteMessages(queue, messages))),
        (2, Gen.Select(_queue, Gen.Int[1, 3], (queue, count) => (QueueCommand)new PopMessages(queue, count))),
        (1, _queue.Select(queue => (QueueCommand)new PurgeQueue(queue))),
        (1, Gen.Frequency((3, Gen.Const("other")), (1, _queue)).Select(queue => (QueueCommand)new DeleteQueue(queue))),
        (1, Made(_queue)),
        (3, Gen.Select(_queue, Gen.OneOf("add", "add", "replace", "remove"), _setting,
            (queue, op, setting) => (QueueCommand)new PatchQueue(queue, op, setting.Key, setting.Value))),
        (2, Gen.Select(_queue, _client, Gen.Int[-20, 60], Gen.Int[1, 5], Gen.Bool, Gen.Bool, Gen.Bool,
            (queue, client, after, limit, echo, claimed, delayed) =>
                (QueueCommand)new ListMessages(queue, client, after < 0 ? null : after, limit, echo, claimed, delayed))),
        (6, Gen.Select(Gen.Int[0, 3], Gen.OneOf(-nudge, TimeSpan.Zero, nudge), (edge, by) => (QueueCommand)new MoveToEdge(edge, by))),
        (1, Gen.Const((QueueCommand)new Housekeep())));

    private static Gen<QueueCommand> Made(Gen<string> queue) =>
        Gen.Select(queue, _settings, (name, settings) => (QueueCommand)new CreateQueue(name, settings));

    // What is refused is seldom asked, or little else would happen.
    private static Gen<long?> Among(long?[] good, long?[] bad) => Gen.Frequency((12, Gen.OneOf(good)), (1, Gen.OneOf(bad)));

    /// <summary>Posts; the run names the drafts.</summary>
    public sealed record PostMessages(string Queue, string Client, List<ReferenceDraft> Drafts) : QueueCommand
    {
        public override string ToString() => $"Post {Queue} {Client} {string.Join(", ", Drafts.Select(draft => $"(ttl {draft.Ttl} delay {draft.Delay})"))}";
    }

    public sealed record ClaimMessages(string Queue, string Client, int Limit, long? Ttl, long? Grace) : QueueCommand;

    public sealed record RenewClaim(string Queue, int Claim, long? Ttl, long? Grace) : QueueCommand;

    public sealed record ReleaseClaim(string Queue, int Claim) : QueueCommand;

    public sealed record GetClaim(string Queue, int Claim) : QueueCommand;

    public sealed record DeleteMessage(string Queue, int Message, int? Claim) : QueueCommand;

    public sealed record DeleteMessages(string Queue, List<int> Messages) : QueueCommand
    {
        public override string ToString() => $"DeleteMessages {Queue} {string.Join(",", Messages)}";
    }

    public sealed record PopMessages(string Queue, int Count) : QueueCommand;

    public sealed record PurgeQueue(string Queue) : QueueCommand;

    public sealed record DeleteQueue(string Queue) : QueueCommand;

    public sealed record CreateQueue(string Queue, (string Key, object? Value)[] Settings) : QueueCommand
    {
        public override string ToString() => $"CreateQueue {Queue} {string.Join(", ", Settings)}";
    }

    public sealed record PatchQueue(string Queue, string Op, string Key, object? Value) : QueueCommand;

    public sealed record ListMessages(
        string Queue, string Client, int? After, int Limit, bool Echo, bool IncludeClaimed, bool IncludeDelayed) : QueueCommand;

    /// <summary>Moves the clock to one of the model's next edges, or a little before or after it; onward when there is none.</summary>
    /// <param name="Edge">0 for the next.</param>
    public sealed record MoveToEdge(int Edge, TimeSpan By) : QueueCommand;

    /// <summary>Gives the service under test the chance to record what is over; to clients it makes no difference.</summary>
    public sealed record Housekeep : QueueCommand;
}
