using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Messages;
using static Zaqar.Unit.Messages.Deleting.Deletion;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Messages.Deleting;

/// <summary>Over by the clock, and not yet recorded as over; then over and recorded, which must make no difference.</summary>
public class MessageWhoseClaimIsOverTests
{
    private static readonly object[] _unrecorded =
        [Created(), Posted(1), Posted(2), Claimed(Mine, [1]), Claimed(Theirs, [2], ttl: 1000)];

    public static TheoryData<bool> IsRecorded => [false, true];

    [Theory, MemberData(nameof(IsRecorded))]
    public void without_a_claim_it_is_deleted(bool isRecorded) =>
        Past(isRecorded).When(With(null)).Then(Deleted([1], at: 300)).Answering(true);

    [Theory, MemberData(nameof(IsRecorded))]
    public void with_the_claim_that_held_it_it_stays(bool isRecorded) =>
        Past(isRecorded).When(With(Mine)).ThenRejected<MessageNotClaimed>(ErrorKind.BadClaim);

    [Theory, MemberData(nameof(IsRecorded))]
    public void with_another_live_claim_it_stays(bool isRecorded) =>
        Past(isRecorded).When(With(Theirs)).ThenRejected<MessageNotClaimed>(ErrorKind.BadClaim);

    [Theory, MemberData(nameof(IsRecorded))]
    public void with_an_unknown_claim_it_stays(bool isRecorded) =>
        Past(isRecorded).When(With(Unknown)).ThenRejected<MessageNotClaimed>(ErrorKind.BadClaim);

    [Theory, MemberData(nameof(IsRecorded))]
    public void with_a_malformed_claim_it_stays(bool isRecorded) =>
        Past(isRecorded).When(With(Malformed)).ThenRejected<MessageNotClaimed>(ErrorKind.BadClaim);

    [Fact]
    public void claimed_anew_by_another_the_old_claim_deletes_nothing() =>
        Given([.. _unrecorded, ClaimOver(Mine, [1], 300), Claimed(Unknown, [1], at: 300)]).At(301)
            .When(With(Mine)).ThenRejected<MessageNotClaimed>(ErrorKind.BadClaim);

    private static Past Past(bool isRecorded) =>
        (isRecorded ? Given([.. _unrecorded, ClaimOver(Mine, [1], 300)]) : Given(_unrecorded)).At(300);
}
