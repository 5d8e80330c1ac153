using Xunit;
using Zaqar.Domain.Queues;
using static Zaqar.Unit.Claims.Releasing.Release;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Claims.Releasing;

public class UnknownClaimTests
{
    [Fact]
    public void releasing_it_is_no_error() => Given(Created()).When(Of(Unknown)).ThenNothing().Answering(false);

    [Fact]
    public void releasing_it_in_a_missing_queue_is_no_error() => Given().When(Of(Unknown)).ThenNothing().Answering(false);

    [Fact]
    public void releasing_it_in_a_deleted_queue_is_no_error() =>
        Given(Created(), Posted(1), Claimed(Mine, [1]), new QueueDeleted(Dawn, Client)).When(Of(Mine)).ThenNothing().Answering(false);
}
