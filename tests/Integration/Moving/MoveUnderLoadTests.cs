using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using FluentAssertions;
using Xunit;
using Zaqar.Domain.Queues;

namespace Zaqar.Integration.Moving;

/// <summary>Clients that go on through moves, and a count of every message.</summary>
public sealed class MoveUnderLoadTests(TwoPools pools) : IClassFixture<TwoPools>
{
    private const int Posters = 3;
    private const int Takers = 3;

    private readonly QueueId _queue = new($"project-{Guid.NewGuid():N}", Messaging.NewQueue());
    private readonly ConcurrentQueue<(int Poster, int Number)> _posted = [];
    private readonly ConcurrentQueue<(int Poster, int Number)> _taken = [];
    private volatile PoolService _home = pools.One;
    private volatile bool _isOver;
    private int _refused;

    [Fact]
    public async Task no_message_is_lost_or_doubled_and_their_order_is_kept()
    {
        await Answered(client => client.PutAsJsonAsync($"/v2/queues/{_queue.Name}", new { }));
        Task[] posters = [.. Enumerable.Range(0, Posters).Select(poster => Task.Run(() => Post(poster)))];
        Task[] takers = [.. Enumerable.Range(0, Takers).Select(_ => Task.Run(Take))];

        for (var round = 0; round < 4; round++)
        {
            var seen = _posted.Count;
            await Eventually.Is(() => _posted.Count > seen + 60, "posting goes on");
            var (from, to) = _home == pools.One ? (pools.One, pools.Two) : (pools.Two, pools.One);
            await new Zaqar.Infrastructure.Moving.QueueMove(from.Parts, to.Parts, _queue, Guid.NewGuid(), TimeProvider.System).Run(_ => Task.FromResult(false), _ =>
            {
                _home = to;
                return Task.CompletedTask;
            }, default);
        }

        _isOver = true;
        await Task.WhenAll(posters);

        // What is left stands in the order in which each poster posted.
        using (var client = Client())
            foreach (var left in (await client.ListAll(_queue.Name)).Select(message => Read(message.Body)).GroupBy(one => one.Poster))
                left.Select(one => one.Number).Should().BeInAscendingOrder();
        await Task.WhenAll(takers);
        _taken.Should().BeEquivalentTo(_posted, options => options.WithoutStrictOrdering());
        _refused.Should().BePositive("the clients met the moves");
        for (var poster = 0; poster < Posters; poster++)
            _posted.Where(one => one.Poster == poster).Select(one => one.Number).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
    }

    private async Task Post(int poster)
    {
        for (var number = 0; !_isOver; number += 2)
        {
            await Answered(client => client.PostAsJsonAsync($"/v2/queues/{_queue.Name}/messages",
                new { messages = new[] { Message(number), Message(number + 1) } }));
            _posted.Enqueue((poster, number));
            _posted.Enqueue((poster, number + 1));
        }

        object Message(int number) => new { body = $"{poster}/{number}", ttl = 3600 };
    }

    // A claim, and then each of its messages, whichever database they are in by then.
    private async Task Take()
    {
        while (true)
        {
            var wasOver = _isOver;
            var response = await Answered(client => client.PostAsJsonAsync($"/v2/queues/{_queue.Name}/claims?limit=5", new { ttl = 3000, grace = 60 }));
            if (response.StatusCode == HttpStatusCode.NoContent)
            {
                if (wasOver && _posted.Count == _taken.Count)
                    return;
                await Task.Yield();
                continue;
            }

            var claim = await response.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>();
            (int Poster, int Number)? before = null;
            foreach (var message in claim.GetProperty("messages").EnumerateArray())
            {
                var href = message.GetProperty("href").GetString()!;
                (await Answered(client => client.DeleteAsync(new Uri(href, UriKind.Relative)))).StatusCode.Should().Be(HttpStatusCode.NoContent);
                var one = Read(message.GetProperty("body").GetRawText());
                if (before is { } earlier && earlier.Poster == one.Poster)
                    one.Number.Should().BeGreaterThan(earlier.Number);
                before = one;
                _taken.Enqueue(one);
            }
        }
    }

    // As a client does: what is refused for now is asked again, wherever the queue is by then.
    private async Task<HttpResponseMessage> Answered(Func<HttpClient, Task<HttpResponseMessage>> ask)
    {
        while (true)
        {
            using var client = Client();
            var response = await ask(client);
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable)
            {
                response.IsSuccessStatusCode.Should().BeTrue($"it answered {response.StatusCode}");
                return response;
            }

            Interlocked.Increment(ref _refused);
            await Task.Delay(5);
        }
    }

    private HttpClient Client() => _home.Client(_queue.Project);

    private static (int Poster, int Number) Read(string body)
    {
        var parts = body.Trim('"').Split('/');
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
