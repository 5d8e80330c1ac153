using FluentAssertions;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using Zaqar.Application.Committing;
using Zaqar.Application.Encryption;
using Zaqar.Domain;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Committing;
using Zaqar.Infrastructure.Encryption;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Committing;

/// <summary>What leaves its queue, and cannot be sealed for the other, refuses the command that moves it and no other of its batch.</summary>
public class BatchTests
{
    private static readonly QueueId _dead = Orders with { Name = "dead" };
    private static readonly KeyRing _ring = new(new Dictionary<string, byte[]> { ["k1"] = [.. Enumerable.Range(0, 32).Select(i => (byte)i)] }, "k1");

    [Fact]
    public async Task without_a_key_nothing_goes_to_a_queue_that_encrypts() => await Refuses<NothingToSealWith>(Posted(1));

    [Fact]
    public async Task what_cannot_be_opened_stays_where_it_is() => await Refuses<MessageUnreadable>(With(_ring).Seal(Orders, Posted(1)));

    private static async Task Refuses<TRefusal>(MessagePosted posted) where TRefusal : RejectedException
    {
        var orders = Given(Created(), posted).State();
        var dead = Given(Created("""{"_enable_encrypt_messages":true}""")).StateOf(_dead);
        var batch = new Batch(new Dictionary<QueueId, QueueState> { [Orders] = orders, [_dead] = dead }, With(KeyRing.Empty), 1_000, At(100));
        var claim = CommandOf((queue, now) => new(0,
            [new MessageDeadLettered([1], "dead", now, Client)], new DeadLetters(Orders.Name, "dead", null, [.. queue.Messages.Values])));
        var deletion = CommandOf((queue, now) => new(1, MessageDecider.Delete(queue, IdOf(1), null, Client, now).Events));

        batch.Move(batch.Decide(claim)!);
        batch.Appends.Should().BeEmpty();
        batch.Decide(deletion).Should().BeNull();

        claim.Answer();
        deletion.Answer();
        await FluentActions.Awaiting(() => claim.Answered).Should().ThrowAsync<TRefusal>();
        (await deletion.Answered).Should().Be(1);
        batch.Appends.Should().ContainSingle().Which.Events.Should().ContainSingle().Which.Should().BeOfType<MessageDeleted>();
    }

    private static PendingCommand<int> CommandOf(Func<QueueState, DateTimeOffset, Decision<int>> decide) =>
        new(Orders, Needs.Nothing, decide, Client, CancellationToken.None);

    private static MessageSeal With(KeyRing ring) => new(ring, TimeProvider.System, NullLogger<MessageSeal>.Instance);
}
