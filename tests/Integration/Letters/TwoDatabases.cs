using System.Net.Http.Json;
using FluentAssertions;

namespace Zaqar.Integration.Letters;

/// <summary>Two services, each over a PostgreSQL database of its own, whose queues are each other's dead-letter queues.</summary>
internal sealed class TwoDatabases : IAsyncDisposable
{
    private TwoDatabases()
    {
        Way = new(() => B.Committer);
        A.Route.Elsewhere = Way;
        B.Route.Elsewhere = new TroubledWay(() => A.Committer);
    }

    /// <summary>Where <c>a-</c> queues live.</summary>
    public LetterDatabase A { get; } = new("a-");

    /// <summary>Where <c>b-</c> queues live.</summary>
    public LetterDatabase B { get; } = new("b-");

    /// <summary>The way of letters from A to B.</summary>
    public TroubledWay Way { get; }

    public static async Task<TwoDatabases> Start()
    {
        var both = new TwoDatabases();
        await Task.WhenAll(both.A.InitializeAsync(), both.B.InitializeAsync());
        return both;
    }

    /// <summary>Makes a queue from which the first claim of a message moves it.</summary>
    public static async Task Deadly(HttpClient client, string queue, string dead, long? ttl = null) =>
        (await client.PutAsJsonAsync($"/v2/queues/{queue}",
            new Dictionary<string, object?> { ["_max_claim_count"] = -1, ["_dead_letter_queue"] = dead, ["_dead_letter_queue_messages_ttl"] = ttl }))
        .EnsureSuccessStatusCode();

    /// <summary>Waits until no letter is on its way from A.</summary>
    public Task AllArrived() => Eventually.Holds(A.Waiting, waiting => waiting == 0, "no letter waits");

    /// <summary>Waits until a queue of B has so many messages, and gives them.</summary>
    public Task<IReadOnlyList<string>> Arrival(string queue, int count = 1) =>
        Eventually.Holds(() => B.Rows(queue), rows => rows.Count == count, $"{count} dead letters arrive");

    /// <summary>Checks that so many letters were taken in B, none of them twice.</summary>
    public async Task TookOnce(int letters)
    {
        (await B.Count("select count(*) from mt_events where type = 'letters_received'")).Should().Be(letters);
        (await B.Count("select count(*) from letter_received")).Should().Be(letters);
    }

    public async ValueTask DisposeAsync()
    {
        await A.DisposeAsync();
        await B.DisposeAsync();
    }
}
