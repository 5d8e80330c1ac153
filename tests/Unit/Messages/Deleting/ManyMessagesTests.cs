using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Messages.Deleting;

public class ManyMessagesTests
{
    private static readonly Past _past =
        Given(Created(), Posted(1), Posted(2), Posted(3), Posted(4), Claimed(Mine, [1]), Claimed(Theirs, [2], ttl: 60), Claimed(Unknown, [3]));

    [Fact]
    public void claimed_or_not_they_are_deleted_in_one_step() =>
        _past.When(Many(null, 4, 1, 2)).Then(Deleted([1, 2, 4])).Answering(3);

    [Fact]
    public void those_that_are_gone_are_passed_over() => _past.When(Many(null, 9, 1)).Then(Deleted([1])).Answering(1);

    [Fact]
    public void one_named_twice_is_deleted_once() => _past.When(Many(null, 1, 1)).Then(Deleted([1])).Answering(1);

    [Fact]
    public void when_all_are_gone_nothing_happens() => _past.When(Many(null, 8, 9)).ThenNothing().Answering(0);

    [Fact]
    public void those_that_are_over_count_as_gone() => _past.At(3600).When(Many(null, 4)).ThenNothing();

    [Fact]
    public void in_a_missing_queue_nothing_happens() => Given().When(Many(null, 1)).ThenNothing();

    [Fact]
    public void where_claims_are_asked_for_each_message_is_held_by_one_of_them() =>
        _past.When(Many([Mine, Theirs], 1, 2)).Then(Deleted([1, 2])).Answering(2);

    [Fact]
    public void where_claims_are_asked_for_an_unclaimed_message_stops_all() =>
        _past.When(Many([Mine], 1, 4)).ThenRejected<MessageClaimedByAnother>(ErrorKind.Claimed);

    [Fact]
    public void where_claims_are_asked_for_a_message_of_another_claim_stops_all() =>
        _past.When(Many([Mine, Theirs], 1, 3)).ThenRejected<MessageClaimedByAnother>(ErrorKind.Claimed);

    [Fact]
    public void where_claims_are_asked_for_a_claim_that_is_over_stops_all() =>
        _past.At(60).When(Many([Mine, Theirs], 1, 2)).ThenRejected<MessageClaimedByAnother>(ErrorKind.Claimed);

    [Fact]
    public void where_claims_are_asked_for_a_message_that_is_gone_stops_nothing() =>
        _past.When(Many([Mine], 1, 9)).Then(Deleted([1])).Answering(1);

    private static Func<QueueState, DateTimeOffset, Decision<int>> Many(Guid[]? claims, params long[] numbers) =>
        (queue, now) => MessageDecider.DeleteMany(queue, [.. numbers.Select(IdOf)], claims, Client, now);
}
