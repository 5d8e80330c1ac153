using System.Text;
using FluentAssertions;
using Xunit;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Following;
using Zaqar.Infrastructure.Moving;
using Zaqar.Integration.Http;
using Zaqar.Integration.Notifications;

namespace Zaqar.Integration.Moving;

/// <summary>Who follows a queue from a connection is sent on with its place.</summary>
public sealed class MovedFollowersTests(TwoPools pools) : IClassFixture<TwoPools>
{
    [Fact]
    public async Task a_follower_goes_on_at_the_target_where_it_was()
    {
        var queue = new QueueId($"project-{Guid.NewGuid():N}", Messaging.NewQueue());
        using var one = pools.One.Client(queue.Project);
        using var two = pools.Two.Client(queue.Project);
        await one.Post(queue.Name, "before");
        var (feeds, follower) = (Parts.Of<QueueFeeds>(pools.One), new Recorder());
        feeds.Follow(queue, await feeds.End(queue, default), follower);

        await new TestMove(pools.One, pools.Two, queue).Run();
        await two.Post(queue.Name, "after");

        var place = await follower.Place.WaitAsync(TimeSpan.FromSeconds(10));
        var told = new List<string>();
        for (var next = place; ;)
        {
            var page = await Parts.Of<QueueHistory>(pools.Two).After(queue, next, default);
            told.AddRange(page.Told.Select(one => Encoding.ASCII.GetString(one.Document.Span)));
            if (page.Next == next)
                break;
            next = page.Next;
        }

        told.Should().ContainSingle().Which.Should().Contain("after");
        follower.WasTold.Should().BeFalse();
        feeds.Followed.Should().BeEmpty();
        Parts.Of<NodeIdentity>(pools.One).Followed.Should().Contain(follower.Subscription, "it is on its way");
    }

    // What it has not been told may have been cleared away here.
    [Fact]
    public async Task a_follower_that_lags_behind_is_told_the_rest_by_the_target_alone()
    {
        var queue = new QueueId($"project-{Guid.NewGuid():N}", Messaging.NewQueue());
        using var one = pools.One.Client(queue.Project);
        await one.Post(queue.Name, "before");
        var place = QueuePlace.StartOf(1);
        await new TestMove(pools.One, pools.Two, queue).RunUntil(MoveStep.Left);

        var page = await Parts.Of<QueueHistory>(pools.One).After(queue, place, default);

        page.Should().Be(new QueueHistory.Page(page.Told, place, HasMoved: true));
        page.Told.Should().BeEmpty();
        (await Parts.Of<QueueHistory>(pools.Two).After(queue, place, default)).Told.Should().ContainSingle();
    }

    [Fact]
    public async Task subscriptions_of_connections_are_not_taken_for_lost_where_the_queue_arrives()
    {
        var queue = new QueueId($"project-{Guid.NewGuid():N}", Messaging.NewQueue());
        using var one = pools.One.Client(queue.Project);
        using var two = pools.Two.Client(queue.Project);
        await one.Post(queue.Name, "before");
        var others = await one.SubscribeTo(queue.Name, "http://example.com/others");
        await Connect(others, Guid.NewGuid());
        var own = await one.SubscribeTo(queue.Name, "http://example.com/own");
        await Connect(own, Parts.Of<NodeIdentity>(pools.Two).Id);

        // It was sent on by the part of its node that serves the source, and has not come yet.
        Parts.Of<NodeIdentity>(pools.Two).SendOn(own);
        await new TestMove(pools.One, pools.Two, queue).Run();
        await Parts.Of<NodeHeartbeat>(pools.Two).Sweep(judgesOthers: true, default);

        (await two.Subscriptions(queue.Name)).Should().HaveCount(2);
    }

    private async Task Connect(Guid subscription, Guid node)
    {
        await using var connect = pools.One.Database.CreateCommand(
            """
            with alive as (insert into node (id, seen_at) values ($2, now() + interval '1 day'))
            update subscription set node = $2, created_at = created_at - interval '1 hour' where id = $1
            """);
        connect.Parameters.Add(new() { Value = subscription });
        connect.Parameters.Add(new() { Value = node });
        (await connect.ExecuteNonQueryAsync()).Should().Be(1);
    }

    private sealed class Recorder : IFollower
    {
        private readonly TaskCompletionSource<QueuePlace> _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<QueuePlace> Place => _moved.Task;

        public bool WasTold { get; private set; }

        public Guid Subscription { get; } = Guid.NewGuid();

        public bool HasRoom => true;

        public void Tell(ReadOnlyMemory<byte> document) => WasTold = true;

        public void Moved(QueuePlace place) => _moved.SetResult(place);

        public void End() => _moved.SetException(new InvalidOperationException("The subscription is not over."));
    }
}
