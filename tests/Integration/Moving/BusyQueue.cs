using System.Net.Http.Json;
using FluentAssertions;
using Zaqar.Domain.Queues;
using Zaqar.Integration.Delivery.Sinks;
using Zaqar.Integration.Notifications;

namespace Zaqar.Integration.Moving;

/// <summary>A queue with something of everything in it.</summary>
internal sealed class BusyQueue(TwoPools pools)
{
    private readonly string _path = NotifyingService.NewPath();
    private readonly string _client = Guid.NewGuid().ToString();

    public QueueId Id { get; } = new($"project-{Guid.NewGuid():N}", Messaging.NewQueue());

    public List<string> Claims { get; } = [];

    public List<Guid> Subscriptions { get; } = [];

    public string Waiting => _path + "/waiting";

    public string Well => _path + "/well";

    public string Failing => _path + "/failing";

    public HttpClient At(PoolService pool) => pool.Client(Id.Project, _client);

    public async Task<IReadOnlyList<string>> Answers(PoolService pool)
    {
        using var client = At(pool);
        return await Everything.About(client, Id.Name, Claims, Subscriptions);
    }

    /// <summary>Makes it, with at least as many messages.</summary>
    public async Task<BusyQueue> In(PoolService pool, int messages)
    {
        using var client = At(pool);
        using var other = pool.Client(Id.Project);
        await Made(client.PutAsJsonAsync($"/v2/queues/{Id.Name}", new { _default_message_delay = 600, colour = "blå" }));
        for (var i = 0; i < messages; i += 20)
            await Post(i % 3 == 0 ? other : client, Enumerable.Range(i, 20).Select(n => (object)new { body = new { n, text = "å\u0001é" }, ttl = 3600, delay = 0 }));
        await Post(client, [new { body = "brief", ttl = 60, delay = 0 }]);
        await Post(client, [new { body = "delayed", ttl = 3600, delay = 900 }, new { body = "by default", ttl = 3600 }]);
        await TakeDeadLetter(client);

        Claims.Add((await client.Claim(Id.Name, limit: 7, ttl: 20_000))!.Id);
        var part = (await client.Claim(Id.Name, limit: 5, ttl: 20_000))!;
        await client.Delete(part.Messages[1]);
        Claims.Add(part.Id);
        var released = (await client.Claim(Id.Name, limit: 3, ttl: 300))!;
        await client.DeleteAsync($"/v2/queues/{Id.Name}/claims/{released.Id}");
        await client.Claim(Id.Name, limit: 2, ttl: 60);
        await client.DeleteAsync($"/v2/queues/{Id.Name}/messages?pop=2");
        await Subscribe(client);
        pools.Advance(TimeSpan.FromSeconds(61));
        return this;
    }

    private async Task Subscribe(HttpClient client)
    {
        pools.Sink.Answers(Waiting, SinkAnswer.Status(503), SinkAnswer.Status(503), SinkAnswer.Status(200));
        pools.Sink.Answers(Failing, SinkAnswer.Status(404));
        Subscriptions.Add(await client.SubscribeTo(Id.Name, pools.Sink.At(Waiting), new
        {
            _retry_policy = new { retries_with_no_delay = 0, minimum_delay_retries = 3, minimum_delay = 3600, maximum_delay = 7200, maximum_delay_retries = 3 },
        }));
        Subscriptions.Add(await client.SubscribeTo(Id.Name, pools.Sink.At(Well)));
        Subscriptions.Add(await client.SubscribeTo(Id.Name, pools.Sink.At(Failing)));
        var over = await client.SubscribeTo(Id.Name, pools.Sink.At(_path + "/over"));
        Subscriptions.Add(over);
        await Post(client, [new { body = "told", ttl = 3600, delay = 0 }, new { body = "told too", ttl = 3600, delay = 0 }]);
        await Eventually.Holds(async () => await Task.WhenAll(Subscriptions.Select(one => client.Log(Id.Name, one))),
            logs => logs.All(log => log.Count == 2 && log.All(entry => entry.Attempts == 1)), "all were tried");
        await client.Unsubscribe(Id.Name, over);
    }

    private async Task TakeDeadLetter(HttpClient client)
    {
        await Made(client.PutAsJsonAsync("/v2/queues/careful", new { _max_claim_count = 1, _dead_letter_queue = Id.Name }));
        await client.Post("careful", "moved");
        await client.Claim("careful", limit: 1, ttl: 60);
        pools.Advance(TimeSpan.FromSeconds(61));
        await Eventually.Holds(() => client.Claim("careful", limit: 1, ttl: 60), claim => claim is null, "the message has moved");
        await client.DeleteAsync("/v2/queues/careful");
    }

    private async Task Post(HttpClient client, IEnumerable<object> messages) =>
        await Made(client.PostAsJsonAsync($"/v2/queues/{Id.Name}/messages", new { messages }));

    private static async Task Made(Task<HttpResponseMessage> asked) => (await asked).IsSuccessStatusCode.Should().BeTrue();
}
