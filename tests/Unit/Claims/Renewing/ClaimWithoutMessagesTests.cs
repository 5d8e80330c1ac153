using Xunit;
using static Zaqar.Unit.Claims.Renewing.Renewal;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Claims.Renewing;

public class ClaimWithoutMessagesTests
{
    [Fact]
    public void it_lives_on_until_its_time_is_over() =>
        Given(Created(), Posted(1), Claimed(Mine, [1]), Deleted([1], claim: Mine)).At(100).When(Of(Mine)).Then(Renewed(100)).Answering(true);
}
