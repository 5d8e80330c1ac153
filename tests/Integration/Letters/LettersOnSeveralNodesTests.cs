using System.Collections.Concurrent;
using FluentAssertions;
using Npgsql;
using Xunit;

namespace Zaqar.Integration.Letters;

public sealed class LettersOnSeveralNodesTests
{
    [Fact]
    public async Task every_message_is_claimed_once_there_whatever_happens_on_the_way()
    {
        const int queues = 4, posts = 25;
        await using var both = await TwoDatabases.Start();
        Uri[] here = [both.A.Address, await both.A.StartNode()];
        Uri[] there = [both.B.Address, await both.B.StartNode()];
        var calls = 0;
        both.Way.Before = _ => Interlocked.Increment(ref calls) % 5 == 0 ? throw new NpgsqlException("Away.") : Task.CompletedTask;
        both.Way.After = _ => Interlocked.Increment(ref calls) % 3 == 0 ? throw new NpgsqlException("The connection broke.") : Task.CompletedTask;

        var (posted, consumed) = (new ConcurrentBag<string>(), new ConcurrentBag<string>());
        var producing = Task.WhenAll(Enumerable.Range(0, queues).Select(async producer =>
        {
            using var client = both.A.Client("p1", node: here[producer % 2]);
            using var claimer = both.A.Client("p1", node: here[(producer + 1) % 2]);
            await TwoDatabases.Deadly(client, $"a-{producer}", "b-dead");
            for (var i = 0; i < posts; i++)
            {
                foreach (var id in await client.Post($"a-{producer}", $"{producer}/{i}/a", $"{producer}/{i}/b"))
                    posted.Add($"{producer} {id}");
                await (i % 2 == 0 ? client : claimer).Claim($"a-{producer}");
            }
        }));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async consumer =>
        {
            using var client = both.B.Client("p1", node: there[consumer % 2]);
            while (true)
            {
                var wasDone = producing.IsCompleted && await both.A.Waiting() == 0;
                if (await client.Claim("b-dead", limit: 5) is { } claim)
                    foreach (var message in claim.Messages)
                    {
                        consumed.Add($"{message.Body[1]} {message.Id}");
                        await client.Delete(message);
                    }
                else if (wasDone)
                    return;
            }
        }));

        await producing;
        posted.Should().HaveCount(queues * posts * 2);
        consumed.Should().OnlyHaveUniqueItems().And.BeEquivalentTo(posted);
    }

    [Fact]
    public async Task a_node_carries_the_letters_of_one_that_is_gone()
    {
        await using var both = await TwoDatabases.Start();
        using var client = both.A.Client("p1");
        both.Way.Before = _ => throw new NpgsqlException("Away.");
        await TwoDatabases.Deadly(client, "a-jobs", "b-dead");
        await client.Post("a-jobs", "to die");
        await client.Claim("a-jobs");
        var other = await both.A.StartNode();
        await both.A.StopNode(both.A.Address);

        both.Way.Before = _ => Task.CompletedTask;

        await both.Arrival("b-dead");
        using var rest = both.A.Client("p1", node: other);
        (await rest.List("a-jobs")).Messages.Should().BeEmpty();
    }
}
