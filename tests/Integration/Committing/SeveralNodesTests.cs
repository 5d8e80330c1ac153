using System.Collections.Concurrent;
using System.Net;
using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.Committing;

public sealed class SeveralNodesTests(ZaqarService service) : IClassFixture<ZaqarService>
{
    [Fact]
    public async Task producers_and_consumers_on_two_nodes_share_one_queue_without_loss_or_doubling()
    {
        const int producers = 4, posts = 30;
        var nodes = new[] { service.Address, await service.StartNode() };
        var (queue, project) = (Messaging.NewQueue(), $"project-{Guid.NewGuid():N}");
        var (posted, consumed) = (new ConcurrentBag<string>(), new ConcurrentBag<string>());

        var producing = Task.WhenAll(Enumerable.Range(0, producers).Select(async producer =>
        {
            using var client = service.Client(project, node: nodes[producer % 2]);
            for (var i = 0; i < posts; i++)
                foreach (var id in await client.Post(queue, $"{producer}/{i}/a", $"{producer}/{i}/b"))
                    posted.Add(id);
        }));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async consumer =>
        {
            using var client = service.Client(project, node: nodes[consumer % 2]);
            while (true)
            {
                var wasDone = producing.IsCompleted;
                if (await client.Claim(queue, limit: 5) is { } claim)
                    foreach (var message in claim.Messages)
                    {
                        await client.Delete(message);
                        consumed.Add(message.Id);
                    }
                else if (wasDone)
                    return;
            }
        }));

        await producing;
        posted.Should().HaveCount(producers * posts * 2).And.OnlyHaveUniqueItems();
        consumed.Should().BeEquivalentTo(posted);
        posted.Select(id => Convert.ToInt64(id[..8] + id[9..13] + id[14..18], 16)).Order()
            .Should().Equal(Enumerable.Range(1, posted.Count).Select(number => (long)number), "numbers have no gaps");
    }

    [Fact]
    public async Task a_queue_made_on_one_node_is_there_on_the_other_at_once()
    {
        var other = await service.StartNode();
        var (queue, project) = (Messaging.NewQueue(), $"project-{Guid.NewGuid():N}");
        using var here = service.Client(project);
        using var there = service.Client(project, node: other);

        await here.Post(queue, "first");
        var claim = await there.Claim(queue);
        (await here.Claim(queue)).Should().BeNull();
        await there.DeleteAsync($"/v2/queues/{queue}/claims/{claim!.Id}");

        (await here.Claim(queue))!.Messages.Should().ContainSingle();
    }

    [Fact]
    public async Task what_a_node_remembers_of_a_queue_gives_way_to_what_another_has_done_since()
    {
        var other = await service.StartNode();
        var (queue, project) = (Messaging.NewQueue(), $"project-{Guid.NewGuid():N}");
        using var here = service.Client(project);
        using var there = service.Client(project, node: other);

        await here.Post(queue, "1", "2", "3");
        var mine = (await here.Claim(queue, limit: 3))!;
        (await here.DeleteAsync(mine.Messages[0].Href)).StatusCode.Should().Be(HttpStatusCode.NoContent);
        (await there.DeleteAsync($"/v2/queues/{queue}/claims/{mine.Id}")).StatusCode.Should().Be(HttpStatusCode.NoContent);

        (await here.DeleteAsync(mine.Messages[1].Href)).StatusCode.Should().Be(HttpStatusCode.BadRequest, "the claim was released elsewhere");
        var theirs = (await there.Claim(queue, limit: 1))!;
        var path = mine.Messages[1].Href.Split('?')[0];
        (await here.DeleteAsync(path)).StatusCode.Should().Be(HttpStatusCode.Forbidden, "another claim holds it now");
        (await there.DeleteAsync(theirs.Messages[0].Href)).StatusCode.Should().Be(HttpStatusCode.NoContent);
        (await here.Post(queue, "4")).Single()[..18].Should().Be("00000000-0000-0004", "both nodes count alike");
    }

    [Fact]
    public async Task a_queue_that_was_deleted_elsewhere_starts_anew()
    {
        var other = await service.StartNode();
        var (queue, project) = (Messaging.NewQueue(), $"project-{Guid.NewGuid():N}");
        using var here = service.Client(project);
        using var there = service.Client(project, node: other);

        await here.Post(queue, "1", "2");
        await there.DeleteAsync($"/v2/queues/{queue}");

        (await here.Post(queue, "3")).Single()[..18].Should().Be("00000000-0000-0001");
    }

    [Fact]
    public async Task a_queue_that_takes_dead_letters_is_seen_as_another_node_left_it()
    {
        var other = await service.StartNode();
        var (queue, dead, project) = (Messaging.NewQueue(), Messaging.NewQueue(), $"project-{Guid.NewGuid():N}");
        using var here = service.Client(project);
        using var there = service.Client(project, node: other);
        await here.PutAsync($"/v2/queues/{queue}", new StringContent(
            $$"""{"_max_claim_count": 1, "_dead_letter_queue": "{{dead}}"}""", System.Text.Encoding.UTF8, "application/json"));
        await here.Post(queue, "to die");
        await here.DeleteAsync($"/v2/queues/{queue}/claims/{(await here.Claim(queue))!.Id}");
        await here.Post(dead, "1", "2", "3", "4", "5");
        await here.Claim(dead, limit: 1);

        var theirs = (await there.Claim(dead, limit: 2))!;
        (await here.Claim(queue)).Should().BeNull("its only message is dead");
        var mine = (await here.Claim(dead, limit: 10))!;

        mine.Messages.Select(message => message.Id).Should().NotIntersectWith(theirs.Messages.Select(message => message.Id)).And.HaveCount(3);
    }
}
