using FluentAssertions;
using Xunit;
using Zaqar.Application;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Committing;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Committing;

public class QueueMemoryTests
{
    private static readonly DateTimeOffset _until = Dawn.AddSeconds(1);

    private readonly QueueState _queue = Given(Created(), Posted(1), Posted(2), Claimed(Mine, [1, 2])).State();
    private readonly QueueState _other = Given(Created(), Posted(1), Claimed(Mine, [1])).StateOf(new QueueId("p", "other"));

    [Fact]
    public void a_queue_is_remembered_as_it_was_left()
    {
        var memory = new QueueMemory(new DatabaseClock(), TimeProvider.System);

        memory.Keep(_queue, _until, hasSubscribers: true);

        memory.Of(_queue.Id).Should().BeSameAs(_queue);
        memory.HasSubscribers(_queue.Id).Should().BeTrue();
    }

    [Fact]
    public void beyond_its_bounds_it_forgets_all_but_the_last()
    {
        var memory = new QueueMemory(new DatabaseClock(), TimeProvider.System, maxQueues: 1);

        memory.Keep(_queue, _until, hasSubscribers: false);
        memory.Keep(_other, _until, hasSubscribers: false);

        memory.Of(_queue.Id).Should().BeNull();
        memory.Of(_other.Id).Should().BeSameAs(_other);
    }

    [Fact]
    public void what_it_forgot_while_a_batch_was_carried_out_stays_forgotten()
    {
        var memory = new QueueMemory(new DatabaseClock(), TimeProvider.System);
        memory.Keep(_queue, _until, hasSubscribers: false);
        memory.Forget();

        memory.Keep(_queue);

        memory.Of(_queue.Id).Should().BeNull();
    }

    [Fact]
    public void a_deleted_queue_is_not_remembered()
    {
        var memory = new QueueMemory(new DatabaseClock(), TimeProvider.System);
        _queue.Evolve(new QueueDeleted(Dawn, Client));

        memory.Keep(_queue, _until, hasSubscribers: false);

        memory.Of(_queue.Id).Should().BeNull();
    }
}
