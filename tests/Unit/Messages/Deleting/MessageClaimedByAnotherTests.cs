using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Messages;
using static Zaqar.Unit.Messages.Deleting.Deletion;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Messages.Deleting;

public class MessageClaimedByAnotherTests
{
    private static readonly Past _past =
        Given(Created(), Posted(1), Posted(2), Claimed(Theirs, [1]), Claimed(Mine, [2], ttl: 200)).At(100);

    [Fact]
    public void without_a_claim_it_stays() => _past.When(With(null)).ThenRejected<MessageClaimedByAnother>(ErrorKind.Claimed);

    [Fact]
    public void with_a_live_claim_of_mine_it_stays() => _past.When(With(Mine)).ThenRejected<MessageClaimedByAnother>(ErrorKind.Claimed);

    [Fact]
    public void with_a_claim_of_mine_that_is_over_it_stays() =>
        _past.At(200).When(With(Mine)).ThenRejected<MessageNotClaimed>(ErrorKind.BadClaim);

    [Fact]
    public void with_their_claim_it_is_deleted() => _past.When(With(Theirs)).Then(Deleted([1], at: 100, claim: Theirs)).Answering(true);

    [Fact]
    public void with_an_unknown_claim_it_stays() => _past.When(With(Unknown)).ThenRejected<MessageNotClaimed>(ErrorKind.BadClaim);

    [Fact]
    public void with_a_malformed_claim_it_stays() => _past.When(With(Malformed)).ThenRejected<MessageNotClaimed>(ErrorKind.BadClaim);
}
