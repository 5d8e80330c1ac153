using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Claims;
using Zaqar.Domain.Queues;
using static Zaqar.Unit.Claims.Renewing.Renewal;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Claims.Renewing;

public class UnknownClaimTests
{
    [Fact]
    public void it_is_not_found() => Given(Created()).When(Of(Unknown)).ThenRejected<ClaimNotFound>(ErrorKind.NotFound);

    [Fact]
    public void in_a_missing_queue_it_is_not_found() => Given().When(Of(Unknown)).ThenRejected<ClaimNotFound>(ErrorKind.NotFound);

    [Fact]
    public void in_a_deleted_queue_it_is_not_found() =>
        Given(Created(), Posted(1), Claimed(Mine, [1]), new QueueDeleted(Dawn, Client)).When(Of(Mine)).ThenRejected<ClaimNotFound>(ErrorKind.NotFound);

    [Fact]
    public void a_ttl_outside_its_bounds_is_judged_first() =>
        Given().When(Of(Unknown, ttl: 1)).ThenRejected<ClaimTtlOutOfRange>(ErrorKind.InvalidRequest);
}
