using System.Text;
using FluentAssertions;
using Xunit;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Following;

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
