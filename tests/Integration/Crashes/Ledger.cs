using System.Collections.Concurrent;
using System.Diagnostics;
using FluentAssertions;

namespace Zaqar.Integration.Crashes;

/// <summary>
/// What clients of one queue were promised, to be held against what the queue holds in the end. A request that got no answer, or a 503,
/// may have been carried out or not; either is right, if it was carried out whole. Claims are never released and outlive the test, so a
/// message is delivered once.
/// </summary>
internal sealed class Ledger
{
    private readonly ConcurrentBag<string[]> _sent = [];
    private readonly ConcurrentDictionary<string, string> _acknowledged = []; // id -> body
    private readonly ConcurrentDictionary<string, (string Body, string Claim)> _delivered = []; // by id
    private readonly ConcurrentDictionary<string, long> _deleted = []; // id -> when the deletion was acknowledged
    private readonly ConcurrentBag<string> _wrong = [];
    private readonly Lock _gate = new();
    private int _postsInDoubt, _claimsInDoubt, _unavailable, _unanswered;
    private TimeSpan _slowest;

    /// <summary>Acknowledged messages.</summary>
    public int Acknowledged => _acknowledged.Count;

    /// <summary>Acknowledged deletions.</summary>
    public int Deleted => _deleted.Count;

    /// <summary>Answers that were 503.</summary>
    public int Unavailable => _unavailable;

    /// <summary>Requests whose connection was refused or broke.</summary>
    public int Unanswered => _unanswered;

    /// <summary>The longest that an answer took.</summary>
    public TimeSpan Slowest
    {
        get
        {
            lock (_gate)
                return _slowest;
        }
    }

    public void Sending(string[] bodies) => _sent.Add(bodies);

    public void Posted(string[] bodies, string[] ids)
    {
        if (ids.Length != bodies.Length)
            _wrong.Add($"{bodies.Length} messages posted, {ids.Length} acknowledged");
        foreach (var (id, body) in ids.Zip(bodies))
            if (!_acknowledged.TryAdd(id, body))
                _wrong.Add($"{id} was given to two messages");
    }

    public void PostInDoubt() => Interlocked.Increment(ref _postsInDoubt);

    public void Claimed(Claim claim)
    {
        foreach (var message in claim.Messages)
            if (!_delivered.TryAdd(message.Id, (message.Body, claim.Id)))
                _wrong.Add($"{message.Id} is under the claims {_delivered[message.Id].Claim} and {claim.Id}");
    }

    public void ClaimInDoubt() => Interlocked.Increment(ref _claimsInDoubt);

    public void Removed(string id) => _deleted[id] = Stopwatch.GetTimestamp();

    /// <param name="asked">When the listing was asked for.</param>
    public void Listed(IEnumerable<string> ids, long asked)
    {
        foreach (var id in ids)
            if (_deleted.TryGetValue(id, out var at) && at < asked)
                _wrong.Add($"{id} was listed after its deletion had been acknowledged");
    }

    public void Answered(string request, int status, string text, TimeSpan took)
    {
        if (status == 503)
            Interlocked.Increment(ref _unavailable);
        else if (status is not (200 or 201 or 204))
            _wrong.Add($"{request} was answered {status}: {text}");

        lock (_gate)
            _slowest = took > _slowest ? took : _slowest;
    }

    public void NotAnswered() => Interlocked.Increment(ref _unanswered);

    /// <summary>Holds all promises against what is left when nothing more can be claimed, claimed messages included.</summary>
    public void Balance(IReadOnlyList<Message> left)
    {
        _wrong.Should().BeEmpty();

        var ids = left.Select(message => message.Id).ToList();
        ids.Should().OnlyHaveUniqueItems();
        ids.Intersect(_deleted.Keys).Should().BeEmpty("deleted stays deleted");
        _delivered.Keys.Except(_deleted.Keys).Should().BeEmpty("who got an answer to a claim has deleted what it held");
        var exist = ids.Concat(_deleted.Keys).ToHashSet();
        _acknowledged.Keys.Except(exist).Should().BeEmpty("acknowledged is durable");
        exist.Select(Number).Order().Should().Equal(Enumerable.Range(1, exist.Count).Select(number => (long)number), "the queue's order has no gaps");

        // What is left is held by claims that were made although their clients never heard.
        var unheardOf = left.Select(message => message.ClaimId()).ToHashSet();
        unheardOf.Should().NotContainNulls("all that is loose was claimed");
        unheardOf.Intersect(_delivered.Values.Select(one => one.Claim)).Should().BeEmpty("a claim hands out all that it holds");
        unheardOf.Count.Should().BeLessOrEqualTo(_claimsInDoubt);

        var bodies = left.Select(message => message.Body).Concat(_delivered.Values.Select(one => one.Body)).ToList();
        bodies.Should().OnlyHaveUniqueItems("no post is carried out twice");
        var present = bodies.ToHashSet();
        _sent.Where(post => post.Count(present.Contains) is var there && there > 0 && there < post.Length)
            .Should().BeEmpty("a post is all or nothing");
        _delivered.Where(one => _acknowledged.TryGetValue(one.Key, out var body) && body != one.Value.Body)
            .Should().BeEmpty("a message keeps its body");
        var acknowledged = _acknowledged.Values.ToHashSet();
        _sent.Count(post => present.Contains(post[0]) && !acknowledged.Contains(post[0])).Should().BeLessOrEqualTo(_postsInDoubt);
    }

    /// <summary>Says that nothing was carried out whose client did not hear of it.</summary>
    public void NothingIsInDoubt(IReadOnlyList<Message> left)
    {
        left.Should().BeEmpty("no claim was made in silence");
        _deleted.Keys.Except(_acknowledged.Keys).Should().BeEmpty("no message was posted in silence");
    }

    // The first half of an id is the message's place in the queue's order.
    private static long Number(string id) => Convert.ToInt64(id[..8] + id[9..13] + id[14..18], 16);
}

internal static class Claiming
{
    /// <summary>The live claim that holds a listed message; null when it is loose.</summary>
    public static string? ClaimId(this Message message) =>
        message.Href.IndexOf('=', StringComparison.Ordinal) is > 0 and var at ? message.Href[(at + 1)..] : null;
}
