using FluentAssertions;
using Xunit;
using static Zaqar.Unit.Claims.Releasing.Release;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Claims.Releasing;

public class LiveClaimTests
{
    private static readonly Past _past =
        Given(Created(), Posted(1), Posted(2), Posted(3), Posted(4), Claimed(Mine, [1, 2]), Claimed(Theirs, [3]));

    [Fact]
    public void its_messages_stand_in_line_again_where_they_stood() =>
        _past.When(Of(Mine)).Then(Released(Mine, [1, 2])).Answering(true)
            .LeavingQueue(queue => queue.Line.Select(message => message.Number).Should().Equal(1, 2, 4));

    [Fact]
    public void only_what_it_still_holds_is_given_back() =>
        Given(Created(), Posted(1), Posted(2), Claimed(Mine, [1, 2]), Deleted([1], claim: Mine)).When(Of(Mine)).Then(Released(Mine, [2]));

    [Fact]
    public void it_is_gone_and_other_claims_stay() =>
        _past.When(Of(Mine)).LeavingQueue(queue => queue.Claims.Keys.Should().Equal(Theirs));

    [Fact]
    public void without_messages_it_ends_too() =>
        Given(Created(), Posted(1), Claimed(Mine, [1]), Deleted([1], claim: Mine)).When(Of(Mine)).Then(Released(Mine, []))
            .LeavingQueue(queue => queue.Claims.Should().BeEmpty());
}
