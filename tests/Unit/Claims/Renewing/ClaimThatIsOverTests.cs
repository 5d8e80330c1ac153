using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Claims;
using static Zaqar.Unit.Claims.Renewing.Renewal;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Claims.Renewing;

public class ClaimThatIsOverTests
{
    [Fact]
    public void by_the_clock_it_is_not_found() =>
        Given(Created(), Posted(1), Claimed(Mine, [1])).At(300).When(Of(Mine)).ThenRejected<ClaimNotFound>(ErrorKind.NotFound);

    [Fact]
    public void recorded_as_over_it_is_not_found() =>
        Given(Created(), Posted(1), Claimed(Mine, [1]), ClaimOver(Mine, [1], 300)).At(300)
            .When(Of(Mine)).ThenRejected<ClaimNotFound>(ErrorKind.NotFound);

    [Fact]
    public void released_it_is_not_found() =>
        Given(Created(), Posted(1), Claimed(Mine, [1]), Released(Mine, [1])).When(Of(Mine)).ThenRejected<ClaimNotFound>(ErrorKind.NotFound);
}
