using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;
using FluentAssertions;
using Zaqar.Integration.Delivery.Sinks;

namespace Zaqar.Integration.Crashes;

/// <summary>Subscribers of one queue, at a sink that lives through every crash, with what each was told. Messages are told apart by a number in their bodies.</summary>
internal sealed class Subscribers : IAsyncDisposable
{
    /// <summary>What a service needs to reach them.</summary>
    public static readonly (string Name, string Value) Reachable = ("Zaqar__Notification__AllowedNetworks__0", "127.0.0.0/8");

    private readonly WebhookSink _sink;
    private readonly string _project = $"project-{Guid.NewGuid():N}";
    private readonly List<Crash> _crashes = [];
    private readonly Dictionary<(string Subscriber, int Number), List<long>> _told = [];
    private int _read;

    private Subscribers(WebhookSink sink) => _sink = sink;

    public string Queue { get; } = Integration.Messaging.NewQueue();

    /// <summary>Requests so far.</summary>
    public int Told => _sink.Requests.Count;

    public static async Task<Subscribers> Listen() => new(await WebhookSink.Start());

    public async Task Subscribe(ServiceProcess service, int count)
    {
        using var client = Client(service);
        for (var one = 0; one < count; one++)
        {
            using var answer = await client.PostAsJsonAsync($"/v2/queues/{Queue}/subscriptions", new { subscriber = _sink.At($"/{one}"), ttl = 3600 });
            answer.StatusCode.Should().Be(HttpStatusCode.Created);
        }
    }

    /// <summary>Posts messages with numbers in their order, a hundred at a time; acknowledged, all of them, when this returns.</summary>
    public async Task Post(ServiceProcess service, int from, int count)
    {
        using var client = Client(service);
        foreach (var batch in Enumerable.Range(from, count).Chunk(100))
            await client.Post(Queue, [.. batch.Select(number => new { number })]);
    }

    /// <summary>Posts one message after the other until the service is gone, with numbers that nobody asks for.</summary>
    public async Task PostUntilGone(ServiceProcess service)
    {
        using var client = Client(service);
        try
        {
            while (true)
                await client.Post(Queue, new { number = -1 });
        }
        catch (HttpRequestException)
        {
            // As announced.
        }
    }

    /// <summary>Notes from when until when something was down.</summary>
    public async Task During(Func<Task> crash)
    {
        var began = TimeProvider.System.GetTimestamp();
        await crash();
        _crashes.Add(new(began, TimeProvider.System.GetTimestamp()));
    }

    /// <summary>When each subscriber was told of each number, in the order of telling.</summary>
    public IReadOnlyDictionary<(string Subscriber, int Number), List<long>> All()
    {
        var requests = _sink.Requests;
        for (; _read < requests.Count; _read++)
            if (NumberIn(requests[_read].Body) is >= 0 and var number)
                (CollectionsMarshal.GetValueRefOrAddDefault(_told, (requests[_read].Path, number), out _) ??= []).Add(requests[_read].Timestamp);
        return _told;
    }

    /// <summary>Every time that somebody was told again, with the crash that cut off the record of the time before; null where there was none.</summary>
    public IReadOnlyList<(string Subscriber, int? Crash)> ToldAgain() =>
    [
        .. from told in All()
           from again in told.Value.Zip(told.Value.Skip(1))
           let crash = _crashes.FindIndex(crash => again.First < crash.Ended && again.Second > crash.Began)
           select (told.Key.Subscriber, crash < 0 ? (int?)null : crash),
    ];

    /// <summary>Waits until this holds.</summary>
    public static async Task Until(Func<bool> condition, string what, TimeSpan patience)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var started = Stopwatch.GetTimestamp(); !condition(); await ticks.WaitForNextTickAsync())
            Stopwatch.GetElapsedTime(started).Should().BeLessThan(patience, $"by then {what}");
    }

    public ValueTask DisposeAsync() => _sink.DisposeAsync();

    private HttpClient Client(ServiceProcess service)
    {
        var client = new HttpClient { BaseAddress = service.Address };
        client.DefaultRequestHeaders.Add("Client-ID", Guid.NewGuid().ToString());
        client.DefaultRequestHeaders.Add("X-Project-ID", _project);
        return client;
    }

    private static int NumberIn(byte[] body) =>
        JsonDocument.Parse(body).RootElement.GetProperty("body").GetProperty("number").GetInt32();

    private sealed record Crash(long Began, long Ended);
}
