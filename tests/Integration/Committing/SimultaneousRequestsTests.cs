using System.Collections.Concurrent;
using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.Committing;

public sealed class SimultaneousRequestsTests(ZaqarService service) : IClassFixture<ZaqarService>
{
    private readonly string _queue = Messaging.NewQueue();
    private readonly string _project = $"project-{Guid.NewGuid():N}";

    [Fact]
    public async Task simultaneous_posts_all_succeed_in_one_order()
    {
        const int producers = 32, posts = 10;
        await Task.WhenAll(Enumerable.Range(0, producers).Select(async producer =>
        {
            using var client = service.Client(_project);
            for (var i = 0; i < posts; i++)
                await client.Post(_queue, $"{producer}/{i}/a", $"{producer}/{i}/b");
        }));

        using var reader = service.Client(_project);
        var bodies = (await reader.ListAll(_queue)).Select(message => message.Body.Trim('"')).ToList();

        bodies.Should().HaveCount(producers * posts * 2).And.OnlyHaveUniqueItems();
        for (var producer = 0; producer < producers; producer++)
            bodies.Where(body => body.StartsWith($"{producer}/", StringComparison.Ordinal)).Should().Equal(
                Enumerable.Range(0, posts).SelectMany(i => new[] { $"{producer}/{i}/a", $"{producer}/{i}/b" }));
        for (var i = 0; i < bodies.Count; i += 2)
            bodies[i + 1][..^1].Should().Be(bodies[i][..^1], "a post's messages stand together");
    }

    [Fact]
    public async Task simultaneous_posts_to_queues_of_one_name_reach_each_its_own_project()
    {
        const int projects = 16, posts = 15;
        var names = Enumerable.Range(0, projects).Select(_ => $"project-{Guid.NewGuid():N}").ToArray();
        await Task.WhenAll(names.Select(async project =>
        {
            using var client = service.Client(project);
            for (var i = 0; i < posts; i++)
                await client.Post(_queue, $"{project}/{i}");
        }));

        foreach (var project in names)
        {
            using var reader = service.Client(project);
            (await reader.ListAll(_queue)).Select(message => message.Body.Trim('"'))
                .Should().Equal(Enumerable.Range(0, posts).Select(i => $"{project}/{i}"));
        }
    }

    [Fact]
    public async Task simultaneous_claims_never_share_a_message()
    {
        using var producer = service.Client(_project);
        for (var i = 0; i < 10; i++)
            await producer.Post(_queue, [.. Enumerable.Range(i * 20, 20).Select(n => (object)n)]);

        var claimed = new ConcurrentBag<string>();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            using var consumer = service.Client(_project);
            while (await consumer.Claim(_queue, limit: 7) is { } claim)
                foreach (var message in claim.Messages)
                    claimed.Add(message.Id);
        }));

        claimed.Should().HaveCount(200).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task exactly_one_of_two_claims_gets_the_only_message()
    {
        using var first = service.Client(_project);
        using var second = service.Client(_project);
        for (var round = 0; round < 20; round++)
        {
            var queue = Messaging.NewQueue();
            await first.Post(queue, round);

            var claims = await Task.WhenAll(first.Claim(queue), second.Claim(queue));

            claims.Should().ContainSingle(claim => claim != null);
        }
    }

    [Fact]
    public async Task simultaneous_pops_never_share_a_message()
    {
        using var producer = service.Client(_project);
        for (var i = 0; i < 5; i++)
            await producer.Post(_queue, [.. Enumerable.Range(i * 20, 20).Select(n => (object)n)]);

        var popped = new ConcurrentBag<string>();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(async _ =>
        {
            using var consumer = service.Client(_project);
            while (true)
            {
                var answer = await (await consumer.DeleteAsync($"/v2/queues/{_queue}/messages?pop=3")).Content.ReadAsStringAsync();
                var ids = System.Text.Json.JsonDocument.Parse(answer).RootElement.GetProperty("messages").EnumerateArray()
                    .Select(message => message.GetProperty("id").GetString()!).ToList();
                if (ids.Count == 0)
                    return;
                ids.ForEach(popped.Add);
            }
        }));

        popped.Should().HaveCount(100).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task a_reader_who_follows_markers_during_posts_misses_nothing()
    {
        const int producers = 8, posts = 40;
        var posting = Task.WhenAll(Enumerable.Range(0, producers).Select(async producer =>
        {
            using var client = service.Client(_project);
            for (var i = 0; i < posts; i++)
                await client.Post(_queue, $"{producer}/{i}");
        }));

        using var reader = service.Client(_project);
        var read = new List<string>();
        var marker = "";
        while (true)
        {
            var wasDone = posting.IsCompleted;
            var page = await reader.List(_queue, $"echo=true&limit=20{marker}");
            read.AddRange(page.Messages.Select(message => message.Body));
            if (page.Messages.Count > 0)
                marker = $"&marker={page.Messages[^1].Id}";
            else if (wasDone)
                break;
        }

        await posting;
        read.Should().HaveCount(producers * posts).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task simultaneous_creations_make_one_queue()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(async _ =>
        {
            using var client = service.Client(_project);
            return (int)(await client.PutAsync($"/v2/queues/{_queue}", null)).StatusCode;
        }));

        answers.Should().ContainSingle(status => status == 201);
        answers.Where(status => status != 201).Should().OnlyContain(status => status == 204);
    }

    [Fact]
    public async Task a_delete_and_a_release_of_the_same_claim_leave_the_message_in_one_place()
    {
        using var client = service.Client(_project);
        for (var round = 0; round < 20; round++)
        {
            var queue = Messaging.NewQueue();
            await client.Post(queue, round);
            var claim = (await client.Claim(queue))!;

            var answers = await Task.WhenAll(
                client.DeleteAsync(claim.Messages[0].Href), client.DeleteAsync($"/v2/queues/{queue}/claims/{claim.Id}"));

            var left = await client.List(queue);
            left.Messages.Should().HaveCount((int)answers[0].StatusCode == 204 ? 0 : 1);
        }
    }
}
