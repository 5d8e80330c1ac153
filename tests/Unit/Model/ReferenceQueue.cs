namespace Zaqar.Unit.Model;

/// <summary>
/// One project's queues as the API contract describes them, in the plainest way: lists that are walked from end to end, no events,
/// nothing kept up to date that can be computed. Written from the contract, not from the service.
/// </summary>
/// <remarks>Sections 1.10, 2.1 to 2.3, 3.4, 4 and 5 of the contract, with its default limits and without checksums.</remarks>
public sealed class ReferenceQueue : IQueueService
{
    private const string InvalidRequest = "Invalid API request";
    private const string InvalidBody = "Invalid request body";
    private const string UnableToDelete = "Unable to delete";
    private const string NotFound = "Not found";
    private const string Conflict = "Resource conflict";

    private static readonly string[] _shownByDefault =
    [
        "_max_messages_post_size", "_default_message_ttl", "_default_message_delay", "_dead_letter_queue",
        "_dead_letter_queue_messages_ttl", "_max_claim_count", "_enable_encrypt_messages",
    ];

    private readonly Dictionary<string, Queue> _queues = [];

    /// <summary>Time since the model began.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>Instants at which something ends or becomes visible, ascending; past ones too.</summary>
    public IReadOnlyList<TimeSpan> Edges =>
    [
        .. _queues.Values.SelectMany(queue => queue.Messages.SelectMany(message => (TimeSpan[])[message.ExpiresAt, message.VisibleAt])
            .Concat(queue.Claims.Values.Select(claim => claim.ExpiresAt))).Distinct().Order(),
    ];

    /// <summary>Names of the messages that a queue holds, oldest first.</summary>
    public IReadOnlyList<string> LiveMessages(string queue) => [.. Alive(queue).Select(message => message.Name)];

    /// <summary>Names of a queue's live claims.</summary>
    public IReadOnlyList<string> LiveClaims(string queue) =>
        _queues.TryGetValue(queue, out var found) ? [.. found.Claims.Values.Where(IsLive).Select(claim => claim.Name)] : [];

    /// <summary>Whether a message's id is a marker in a queue: of one that stands there, or once was posted there and never moved.</summary>
    public bool IsMarker(string queue, string message) =>
        Alive(queue).Exists(one => one.Name == message) || (_queues.TryGetValue(queue, out var found) && found.HasPlace(message));

    /// <summary>Moves the clock.</summary>
    public Task Advance(TimeSpan time)
    {
        Now += time;
        return Task.CompletedTask;
    }

    public Task<ReferenceAnswer> CreateQueue(string queue, IReadOnlyDictionary<string, object?> metadata)
    {
        if (!IsValid(metadata))
            return Answer(400, InvalidRequest);

        return Answer(_queues.TryAdd(queue, new Queue(metadata)) ? 201 : 204);
    }

    public Task<ReferenceAnswer> PatchQueue(string queue, string op, string key, object? value)
    {
        if (!_queues.TryGetValue(queue, out var found))
            return Answer(404, NotFound);

        var metadata = new Dictionary<string, object?>(found.Metadata);
        if (op != "add" && !metadata.ContainsKey(key) && !_shownByDefault.Contains(key))
            return Answer(409, Conflict);

        if (op == "remove")
            metadata.Remove(key);
        else
            metadata[key] = value;

        if (!IsValid(metadata))
            return Answer(400, InvalidBody);

        found.Metadata = metadata;
        return Answer(200);
    }

    public Task<ReferenceAnswer> DeleteQueue(string queue)
    {
        _queues.Remove(queue);
        return Answer(204);
    }

    public Task<ReferenceAnswer> Purge(string queue)
    {
        if (_queues.TryGetValue(queue, out var found))
            found.Messages.RemoveAll(message => IsAlive(message) && !IsClaimed(message));

        return Answer(204);
    }

    public Task<ReferenceAnswer> GetStats(string queue)
    {
        var alive = Alive(queue);
        var claimed = alive.Count(IsClaimed);
        return Task.FromResult(new ReferenceAnswer(200)
        {
            Stats = new(claimed, alive.Count - claimed, alive.Count, alive.FirstOrDefault()?.Name, alive.LastOrDefault()?.Name),
        });
    }

    public Task<ReferenceAnswer> Post(string queue, string client, IReadOnlyList<ReferenceDraft> drafts)
    {
        var target = _queues.GetValueOrDefault(queue) ?? new Queue(new Dictionary<string, object?>());
        var queueDelay = target.Number("_default_message_delay");
        var accepted = new List<Message>();
        foreach (var draft in drafts)
        {
            var ttl = draft.Ttl ?? target.Number("_default_message_ttl") ?? 3600;
            var delay = queueDelay is null ? 0 : draft.Delay ?? queueDelay.Value;
            if (ttl is < 60 or > 1_209_600 || delay is < 0 or > 900)
                return Answer(400, InvalidRequest);

            accepted.Add(new Message(draft.Name, client, Now)
            {
                Ttl = ttl, VisibleAt = Now + TimeSpan.FromSeconds(delay), ExpiresAt = Now + TimeSpan.FromSeconds(ttl),
            });
        }

        _queues.TryAdd(queue, target);
        foreach (var message in accepted)
            target.Append(message);

        return Answer(201);
    }

    public Task<ReferenceAnswer> List(
        string queue, string client, string? after, int limit, bool echo, bool includeClaimed, bool includeDelayed)
    {
        if (!_queues.TryGetValue(queue, out var found))
            return Answer(200);

        var start = after is null ? 0 : found.PlaceOf(after);
        var hidesDelayed = !includeDelayed && found.Number("_default_message_delay") is not null;
        return Answer(200, Alive(queue).Where(message =>
            message.Place > start
            && (echo || message.Client != client)
            && (includeClaimed || !IsClaimed(message))
            && (!hidesDelayed || message.VisibleAt <= Now)).Take(limit));
    }

    public Task<ReferenceAnswer> Get(string queue, string message) =>
        Alive(queue).Find(one => one.Name == message) is { } found ? Answer(200, [found]) : Answer(404, NotFound);

    public Task<ReferenceAnswer> Delete(string queue, string message, string? claim)
    {
        if (Alive(queue).Find(one => one.Name == message) is not { } found)
            return Answer(204);

        var holder = IsClaimed(found) ? found.Claim : null;
        if (claim is null && holder is not null)
            return Answer(403, UnableToDelete);

        if (claim is not null && holder?.Name != claim)
            return holder is not null && Live(queue, claim) is not null ? Answer(403, UnableToDelete) : Answer(400, UnableToDelete);

        _queues[queue].Messages.Remove(found);
        return Answer(204);
    }

    public Task<ReferenceAnswer> DeleteMany(string queue, IReadOnlyList<string> messages)
    {
        foreach (var found in Alive(queue).Where(message => messages.Contains(message.Name)))
            _queues[queue].Messages.Remove(found);

        return Answer(204);
    }

    public Task<ReferenceAnswer> Pop(string queue, int count)
    {
        var popped = Active(queue).Take(count).ToList();
        foreach (var message in popped)
            _queues[queue].Messages.Remove(message);

        return Answer(200, popped, withCounts: true);
    }

    public Task<ReferenceAnswer> Claim(string queue, string client, string claim, int limit, long? ttl, long? grace)
    {
        var (seconds, extra) = (ttl ?? 300, grace ?? 60);
        if (seconds is < 60 or > 43_200 || extra is < 60 or > 43_200)
            return Answer(400, InvalidRequest);

        var taken = new List<Message>();
        var made = new ClaimOf(claim, seconds, Now);
        foreach (var message in Active(queue).Take(limit).ToList())
        {
            var from = _queues[queue];
            if (from.Text("_dead_letter_queue") is { } target && from.Number("_max_claim_count") is { } most)
            {
                if (message.ClaimCount >= most)
                {
                    Move(message, from, target);
                    continue;
                }

                message.ClaimCount++;
            }

            message.Claim = made;
            Extend(message, made, extra);
            taken.Add(message);
        }

        if (taken.Count == 0)
            return Answer(204);

        _queues[queue].Claims[claim] = made;
        return Answer(201, taken);
    }

    public Task<ReferenceAnswer> GetClaim(string queue, string claim)
    {
        if (Live(queue, claim) is not { } found)
            return Answer(404, NotFound);

        return Task.FromResult(new ReferenceAnswer(200)
        {
            Claim = new(found.Ttl, (long)(Now - found.RenewedAt).TotalSeconds),
            Messages = [.. Alive(queue).Where(message => message.Claim == found).Select(message => Shown(message, false))],
        });
    }

    public Task<ReferenceAnswer> Renew(string queue, string claim, long? ttl, long? grace)
    {
        var seconds = ttl ?? 300;
        if (seconds is < 60 or > 43_200)
            return Answer(400, InvalidRequest);

        if (Live(queue, claim) is not { } found)
            return Answer(404, NotFound);

        (found.Ttl, found.RenewedAt) = (seconds, Now);
        foreach (var message in Alive(queue).Where(message => message.Claim == found))
            Extend(message, found, grace ?? 60);

        return Answer(204);
    }

    public Task<ReferenceAnswer> Release(string queue, string claim)
    {
        if (Live(queue, claim) is { } found)
            found.IsReleased = true;

        return Answer(204);
    }

    private static void Extend(Message message, ClaimOf claim, long grace)
    {
        if (message.ExpiresAt >= claim.ExpiresAt)
            return;

        message.ExpiresAt = claim.ExpiresAt + TimeSpan.FromSeconds(grace);
        message.Ttl = claim.Ttl + grace;
    }

    private void Move(Message message, Queue from, string target)
    {
        from.Messages.Remove(message);
        _queues.TryAdd(target, new Queue(new Dictionary<string, object?>()));
        var ttl = from.Number("_dead_letter_queue_messages_ttl");
        _queues[target].Append(new Message(message.Name, message.Client, message.PostedAt)
        {
            Ttl = ttl ?? message.Ttl,
            VisibleAt = message.PostedAt,
            ExpiresAt = ttl is { } seconds ? Now + TimeSpan.FromSeconds(seconds) : message.ExpiresAt,
            ClaimCount = message.ClaimCount,
        }, isMoved: true);
    }

    private static bool IsValid(IReadOnlyDictionary<string, object?> metadata)
    {
        return IsWithin("_default_message_ttl", 60, 1_209_600) && IsWithin("_default_message_delay", 0, 900)
            && IsWithin("_dead_letter_queue_messages_ttl", 60, 1_209_600) && IsWithin("_max_claim_count", long.MinValue, long.MaxValue)
            && IsWithin("_max_messages_post_size", 1, 262_144);

        bool IsWithin(string key, long min, long max) => metadata.GetValueOrDefault(key) switch
        {
            null => true,
            long number => number >= min && number <= max,
            _ => false,
        };
    }

    private List<Message> Alive(string queue) => _queues.TryGetValue(queue, out var found) ? found.Messages.FindAll(IsAlive) : [];

    private IEnumerable<Message> Active(string queue) =>
        Alive(queue).Where(message => !IsClaimed(message) && message.VisibleAt <= Now);

    private bool IsAlive(Message message) => message.ExpiresAt > Now;

    private bool IsClaimed(Message message) => message.Claim is { } claim && IsLive(claim);

    private bool IsLive(ClaimOf claim) => !claim.IsReleased && claim.ExpiresAt > Now;

    private ClaimOf? Live(string queue, string claim) =>
        _queues.TryGetValue(queue, out var found) && found.Claims.TryGetValue(claim, out var given) && IsLive(given) ? given : null;

    private ReferenceMessage Shown(Message message, bool withCount) =>
        new(message.Name, message.Ttl, (long)(Now - message.PostedAt).TotalSeconds,
            IsClaimed(message) ? message.Claim!.Name : null, withCount ? message.ClaimCount : null);

    private static Task<ReferenceAnswer> Answer(int status, string? title = null) => Task.FromResult(new ReferenceAnswer(status, title));

    private Task<ReferenceAnswer> Answer(int status, IEnumerable<Message> messages, bool withCounts = false) =>
        Task.FromResult(new ReferenceAnswer(status) { Messages = [.. messages.Select(message => Shown(message, withCounts))] });

    private sealed class Queue(IReadOnlyDictionary<string, object?> metadata)
    {
        private readonly Dictionary<string, int> _places = [];
        private readonly HashSet<string> _moved = [];
        private int _last;

        public IReadOnlyDictionary<string, object?> Metadata { get; set; } = metadata;

        public List<Message> Messages { get; } = [];

        public Dictionary<string, ClaimOf> Claims { get; } = [];

        public void Append(Message message, bool isMoved = false)
        {
            if (isMoved)
                _moved.Add(message.Name);

            message.Place = ++_last;
            _places[message.Name] = message.Place;
            Messages.Add(message);
        }

        /// <summary>Where a message stands or last stood.</summary>
        public int PlaceOf(string message) => _places.TryGetValue(message, out var place)
            ? place
            : throw new ArgumentException($"{message} never stood in this queue, so where its id points to is not the model's to say.", nameof(message));

        /// <summary>Whether its id tells where a message stands or stood: a moved one's tells where it came from.</summary>
        public bool HasPlace(string message) => _places.ContainsKey(message) && !_moved.Contains(message);

        /// <summary>A number that is set; zero counts as not set.</summary>
        public long? Number(string key) => Metadata.GetValueOrDefault(key) is long number and not 0 ? number : null;

        public string? Text(string key) => Metadata.GetValueOrDefault(key) is string { Length: > 0 } text ? text : null;
    }

    private sealed class Message(string name, string client, TimeSpan postedAt)
    {
        public string Name { get; } = name;

        public string Client { get; } = client;

        public TimeSpan PostedAt { get; } = postedAt;

        public int Place { get; set; }

        public long Ttl { get; set; }

        public TimeSpan VisibleAt { get; init; }

        public TimeSpan ExpiresAt { get; set; }

        public int ClaimCount { get; set; }

        /// <summary>The last claim that took it, live or not.</summary>
        public ClaimOf? Claim { get; set; }
    }

    private sealed class ClaimOf(string name, long ttl, TimeSpan now)
    {
        public string Name { get; } = name;

        public long Ttl { get; set; } = ttl;

        public TimeSpan RenewedAt { get; set; } = now;

        public bool IsReleased { get; set; }

        public TimeSpan ExpiresAt => RenewedAt + TimeSpan.FromSeconds(Ttl);
    }
}
