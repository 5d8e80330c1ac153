using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using FluentAssertions;

namespace Zaqar.Integration.Crashes;

/// <summary>
/// Producers, consumers and a reader of one queue, against a service that comes and goes, with a ledger of what they were promised.
/// Who gets no answer goes on where the service is next; who gets a 503 comes back when it says so.
/// </summary>
internal sealed class Traffic : IAsyncDisposable
{
    private const int Producers = 4;
    private const int Consumers = 4;
    private const int BatchSize = 10;

    /// <summary>Messages that wait at most, so that they are soon consumed when the producers stop.</summary>
    private const int Backlog = 500;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(90);

    private readonly string _queue = Messaging.NewQueue();
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly SemaphoreSlim _room = new(Backlog);
    private readonly CancellationTokenSource _enough = new();
    private readonly CancellationTokenSource _abandoned = new();
    private readonly Task[] _work;
    private readonly Task _producing;
    private volatile Uri _address;
    private volatile TaskCompletionSource _moved = NewMove();

    private Traffic(Uri address)
    {
        _address = address;
        _client.DefaultRequestHeaders.Add("Client-ID", Guid.NewGuid().ToString());
        _client.DefaultRequestHeaders.Add("X-Project-ID", $"project-{Guid.NewGuid():N}");
        var producers = Enumerable.Range(0, Producers).Select(producer => Produce(producer, producer % 2 == 0 ? 1 : BatchSize)).ToArray();
        _producing = Task.WhenAll(producers);
        _work = [.. producers, .. Enumerable.Range(0, Consumers).Select(_ => Consume()), Read()];
    }

    public Ledger Ledger { get; } = new();

    /// <summary>Starts the load on a fresh queue.</summary>
    public static Traffic Against(Uri address) => new(address);

    /// <summary>Sends those who got no answer to where the service is now.</summary>
    public void MoveTo(Uri address)
    {
        _address = address;
        Interlocked.Exchange(ref _moved, NewMove()).SetResult();
    }

    /// <summary>Waits until the load has got on, from now.</summary>
    public Task Flows()
    {
        var (acknowledged, deleted) = (Ledger.Acknowledged, Ledger.Deleted);
        return Until(() => Ledger.Acknowledged > acknowledged + 200 && Ledger.Deleted > deleted + 100, "200 messages more are posted and 100 deleted");
    }

    /// <summary>Waits for a condition while the load goes on.</summary>
    public async Task Until(Func<bool> condition, string what)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        for (var started = Stopwatch.GetTimestamp(); !condition(); await ticks.WaitForNextTickAsync())
        {
            Stopwatch.GetElapsedTime(started).Should().BeLessThan(_patience, $"by then {what}; {Seen()}");
            foreach (var broken in _work.Where(one => one.IsFaulted))
                await broken;
        }
    }

    /// <summary>Stops producing, consumes what can be had, and answers what is left: messages under claims that nobody heard of.</summary>
    public async Task<IReadOnlyList<Message>> Drain()
    {
        await _enough.CancelAsync();
        await Until(() => _work.All(one => one.IsCompleted), "nothing more can be claimed");
        await Task.WhenAll(_work);
        using var client = new HttpClient { BaseAddress = _address };
        foreach (var (name, values) in _client.DefaultRequestHeaders)
            client.DefaultRequestHeaders.Add(name, values);
        return await client.ListAll(_queue, "echo=true&include_claimed=true&limit=20");
    }

    /// <summary>A claim on a queue where nothing ever is, which waits for 20 seconds.</summary>
    /// <returns>The answer's status.</returns>
    public async Task<int> WaitInVain()
    {
        using var response = await _client.PostAsync(new Uri(_address, $"/v2/queues/{Messaging.NewQueue()}/claims?wait=20"), null);
        return (int)response.StatusCode;
    }

    public async Task<int> Probe(string which)
    {
        using var response = await _client.GetAsync(new Uri(_address, $"/healthz/{which}"));
        return (int)response.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        await _enough.CancelAsync();
        await _abandoned.CancelAsync();
        await Task.WhenAll(_work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _client.Dispose();
        _room.Dispose();
        _enough.Dispose();
        _abandoned.Dispose();
    }

    private async Task Produce(int producer, int size)
    {
        for (var post = 0; !_enough.IsCancellationRequested; post++)
        {
            var texts = Enumerable.Range(0, size).Select(message => $"{producer}/{post}/{message}").ToArray();
            string[] bodies = [.. texts.Select(text => $"\"{text}\"")];
            for (var message = 0; message < size; message++)
                await _room.WaitAsync(_abandoned.Token);

            Ledger.Sending(bodies);
            if (await Ask(HttpMethod.Post, $"/v2/queues/{_queue}/messages", new { messages = texts.Select(body => new { body, ttl = 3600 }) }) is { } answer)
                Ledger.Posted(bodies, [.. answer.GetProperty("resources").EnumerateArray().Select(path => path.GetString()!.Split('/')[^1])]);
            else
            {
                Ledger.PostInDoubt();
                _room.Release(size);
            }
        }
    }

    private async Task Consume()
    {
        while (true)
        {
            var wasDone = _producing.IsCompleted;
            if (await Ask(HttpMethod.Post, $"/v2/queues/{_queue}/claims?limit=20&wait=1", new { ttl = 300, grace = 60 }) is not { } answer)
            {
                Ledger.ClaimInDoubt();
                continue;
            }

            if (answer.ValueKind == JsonValueKind.Undefined)
            {
                if (wasDone)
                    return;
                continue;
            }

            var messages = answer.GetProperty("messages").EnumerateArray().Select(message => new Message(
                message.GetProperty("id").GetString()!, message.GetProperty("href").GetString()!, message.GetProperty("body").GetRawText(), 0, 0)).ToList();
            Ledger.Claimed(new(messages[0].ClaimId()!, messages));
            await Task.WhenAll(messages.Select(Delete));
        }
    }

    // Again until there is an answer: to delete what is gone is no error.
    private async Task Delete(Message message)
    {
        while (await Ask(HttpMethod.Delete, message.Href) is null)
        {
        }

        Ledger.Removed(message.Id);
        _room.Release();
    }

    private async Task Read()
    {
        while (!_producing.IsCompleted)
        {
            var asked = Stopwatch.GetTimestamp();
            if (await Ask(HttpMethod.Get, $"/v2/queues/{_queue}/messages?echo=true&include_claimed=true&limit=20") is { } page)
                Ledger.Listed(page.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("id").GetString()!), asked);
            await Ask(HttpMethod.Get, $"/v2/queues/{_queue}/stats");
        }
    }

    /// <returns>The answer's document, <c>default</c> when it has none; null when there was no answer, or a 503.</returns>
    private async Task<JsonElement?> Ask(HttpMethod method, string path, object? body = null)
    {
        _abandoned.Token.ThrowIfCancellationRequested();
        var (address, moved) = (_address, _moved);
        using var request = new HttpRequestMessage(method, new Uri(address, path));
        if (body is not null)
            request.Content = JsonContent.Create(body);
        var asked = Stopwatch.GetTimestamp();
        try
        {
            using var response = await _client.SendAsync(request, _abandoned.Token);
            var text = await response.Content.ReadAsStringAsync();
            Ledger.Answered($"{method} {path}", (int)response.StatusCode, text, Stopwatch.GetElapsedTime(asked));
            if (!response.IsSuccessStatusCode)
            {
                await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1), _abandoned.Token);
                return null;
            }

            return text.Length == 0 ? default(JsonElement) : JsonDocument.Parse(text).RootElement;
        }
        catch (HttpRequestException)
        {
            Ledger.NotAnswered();
            // A move that happened meanwhile shows in the address.
            if (_address == address)
                await moved.Task.WaitAsync(_abandoned.Token);
            return null;
        }
    }

    private string Seen() =>
        $"so far {Ledger.Acknowledged} were posted and {Ledger.Deleted} deleted, {Ledger.Unavailable} requests got a 503 and {Ledger.Unanswered} no answer";

    private static TaskCompletionSource NewMove() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
