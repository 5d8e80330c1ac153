using Xunit;
using static Zaqar.Unit.Claims.Releasing.Release;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Claims.Releasing;

public class ClaimThatIsOverTests
{
    [Fact]
    public void by_the_clock_releasing_it_is_no_error() =>
        Given(Created(), Posted(1), Claimed(Mine, [1])).At(300).When(Of(Mine)).ThenNothing().Answering(false);

    [Fact]
    public void recorded_as_over_releasing_it_is_no_error() =>
        Given(Created(), Posted(1), Claimed(Mine, [1]), ClaimOver(Mine, [1], 300)).At(300).When(Of(Mine)).ThenNothing().Answering(false);

    [Fact]
    public void releasing_it_twice_is_no_error() =>
        Given(Created(), Posted(1), Claimed(Mine, [1]), Released(Mine, [1])).When(Of(Mine)).ThenNothing().Answering(false);

    [Fact]
    public void it_gives_back_nothing_that_another_claim_holds_by_now() =>
        Given(Created(), Posted(1), Claimed(Mine, [1]), ClaimOver(Mine, [1], 300), Claimed(Theirs, [1], at: 300)).At(301)
            .When(Of(Mine)).ThenNothing();
}
