using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Messages;
using static Zaqar.Unit.Messages.Deleting.Deletion;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Messages.Deleting;

public class UnclaimedMessageTests
{
    private static readonly Past _past = Given(Created(), Posted(1), Posted(2), Posted(3), Claimed(Theirs, [2]), Claimed(Mine, [3]));

    [Fact]
    public void without_a_claim_it_is_deleted() => _past.When(With(null)).Then(Deleted([1])).Answering(true);

    [Fact]
    public void with_a_claim_of_the_caller_on_other_messages_it_stays() =>
        _past.When(With(Mine)).ThenRejected<MessageNotClaimed>(ErrorKind.BadClaim);

    [Fact]
    public void with_another_live_claim_it_stays() =>
        _past.When(With(Theirs)).ThenRejected<MessageNotClaimed>(ErrorKind.BadClaim);

    [Fact]
    public void with_an_unknown_claim_it_stays() =>
        _past.When(With(Unknown)).ThenRejected<MessageNotClaimed>(ErrorKind.BadClaim);

    [Fact]
    public void with_a_malformed_claim_it_stays() =>
        _past.When(With(Malformed)).ThenRejected<MessageNotClaimed>(ErrorKind.BadClaim);
}
