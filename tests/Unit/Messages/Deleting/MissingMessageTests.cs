using Xunit;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;
using static Zaqar.Unit.Messages.Deleting.Deletion;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Messages.Deleting;

public class MissingMessageTests
{
    private static readonly object[] _deleted =
        [Created(), Posted(1), Posted(2), Posted(3), Claimed(Mine, [1, 2]), Claimed(Theirs, [3]), Deleted([1], claim: Mine)];

    public static TheoryData<string> Claims => ["none", "mine", "theirs", "unknown", "malformed"];

    [Theory, MemberData(nameof(Claims))]
    public void deleting_it_again_is_no_error(string claim) => Given(_deleted).When(With(ClaimOf(claim))).ThenNothing().Answering(false);

    [Theory, MemberData(nameof(Claims))]
    public void deleting_it_after_its_end_is_no_error(string claim) =>
        Given(Created(), Posted(1, ttl: 60)).At(60).When(With(ClaimOf(claim))).ThenNothing().Answering(false);

    [Theory, MemberData(nameof(Claims))]
    public void deleting_it_from_a_missing_queue_is_no_error(string claim) => Given().When(With(ClaimOf(claim))).ThenNothing().Answering(false);

    [Theory, MemberData(nameof(Claims))]
    public void deleting_it_from_a_deleted_queue_is_no_error(string claim) =>
        Given([.. _deleted, new QueueDeleted(Dawn, Client)]).When(With(ClaimOf(claim))).ThenNothing().Answering(false);

    [Fact]
    public void an_id_with_the_right_number_and_wrong_random_bits_is_missing() =>
        Given(Created(), Posted(1))
            .When((queue, now) => MessageDecider.Delete(queue, MessageId.For(1, 5), null, Client, now))
            .ThenNothing();

    private static Guid? ClaimOf(string name) => name switch
    {
        "mine" => Mine,
        "theirs" => Theirs,
        "unknown" => Unknown,
        "malformed" => Malformed,
        _ => null,
    };
}
