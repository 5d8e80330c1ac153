using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Claims;
using Zaqar.Domain.Queues;
using static Zaqar.Unit.Claims.Renewing.Renewal;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Claims.Renewing;

public class LiveClaimTests
{
    private static readonly Past _past = Given(Created(), Posted(1), Posted(2), Claimed(Mine, [1]), Claimed(Theirs, [2]));

    [Fact]
    public void its_time_starts_anew() =>
        _past.At(200).When(Of(Mine)).Then(Renewed(200)).Answering(true)
            .LeavingQueue(queue => (queue.Claims[Mine].RenewedAt, queue.Claims[Mine].ExpiresAt).Should().Be((At(200), At(500))));

    [Fact]
    public void it_keeps_its_messages() => _past.At(200).When(Of(Mine)).LeavingQueue(queue => queue.Claims[Mine].Numbers.Should().Equal(1));

    [Fact]
    public void it_can_be_made_shorter() =>
        _past.At(10).When(Of(Mine, ttl: 60)).Then(Renewed(10, ttl: 60))
            .LeavingQueue(queue => QueueDecider.ExpireClaims(queue, At(70)).Should().ContainSingle());

    [Fact]
    public void until_its_last_instant_it_can_be_renewed() => _past.At(299.999).When(Of(Mine)).Then(Renewed(299.999));

    [Fact]
    public void other_claims_stay_as_they_are() =>
        _past.At(200).When(Of(Mine)).LeavingQueue(queue => queue.Claims[Theirs].ExpiresAt.Should().Be(At(300)));

    [Theory, InlineData(59), InlineData(43_201), InlineData(long.MaxValue), InlineData(long.MinValue)]
    public void a_ttl_outside_its_bounds_is_rejected(long ttl) =>
        _past.When(Of(Mine, ttl)).ThenRejected<ClaimTtlOutOfRange>(ErrorKind.InvalidRequest);

    [Theory, InlineData(0), InlineData(59), InlineData(43_201), InlineData(1_209_600)]
    public void a_grace_outside_its_bounds_is_accepted(long grace) =>
        _past.At(10).When(Of(Mine, 300, grace)).Then(Renewed(10, 300, grace));

    [Fact]
    public void a_grace_outside_its_bounds_extends_as_it_says() =>
        Given(Created(), Posted(1, ttl: 300), Claimed(Mine, [1])).At(10)
            .When(Of(Mine, 300, 100_000))
            .Then(Renewed(10, 300, 100_000, new MessageLife(1, 100_300, At(10 + 100_300), 0)));

    [Theory, InlineData(long.MaxValue), InlineData(1_209_601)]
    public void a_grace_beyond_the_longest_life_of_a_message_counts_as_that(long grace) =>
        Given(Created(), Posted(1, ttl: 300), Claimed(Mine, [1])).At(10)
            .When(Of(Mine, 300, grace))
            .Then(Renewed(10, 300, 1_209_600, new MessageLife(1, 1_209_900, At(10 + 1_209_900), 0)));

    [Theory, InlineData(long.MinValue), InlineData(-1)]
    public void a_negative_grace_counts_as_none_so_no_message_ends_before_its_claim(long grace) =>
        Given(Created(), Posted(1, ttl: 300), Claimed(Mine, [1])).At(10)
            .When(Of(Mine, 300, grace))
            .Then(Renewed(10, 300, 0, new MessageLife(1, 300, At(310), 0)));
}
