using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Messages;
using static Zaqar.Unit.Messages.Deleting.Deletion;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Messages.Deleting;

public class MessageClaimedByMeTests
{
    private static readonly Past _past =
        Given(Created(), Posted(1), Posted(2), Posted(3), Claimed(Mine, [1, 2]), Claimed(Theirs, [3])).At(299.999);

    [Fact]
    public void without_a_claim_it_stays() => _past.When(With(null)).ThenRejected<MessageClaimedByAnother>(ErrorKind.Claimed);

    [Fact]
    public void with_the_right_claim_it_is_deleted() =>
        _past.When(With(Mine)).Then(Deleted([1], at: 299.999, claim: Mine)).Answering(true);

    [Fact]
    public void deleting_it_takes_it_out_of_the_claim() =>
        _past.When(With(Mine)).LeavingQueue(queue => queue.Claims[Mine].Numbers.Should().Equal(2));

    [Fact]
    public void deleting_its_last_message_leaves_the_claim() =>
        Given(Created(), Posted(1), Claimed(Mine, [1])).When(With(Mine))
            .LeavingQueue(queue => queue.Claims[Mine].Numbers.Should().BeEmpty());

    [Fact]
    public void with_another_live_claim_it_stays() =>
        _past.When(With(Theirs)).ThenRejected<MessageClaimedByAnother>(ErrorKind.Claimed);

    [Fact]
    public void with_an_unknown_claim_it_stays() => _past.When(With(Unknown)).ThenRejected<MessageNotClaimed>(ErrorKind.BadClaim);

    [Fact]
    public void with_a_malformed_claim_it_stays() => _past.When(With(Malformed)).ThenRejected<MessageNotClaimed>(ErrorKind.BadClaim);
}
