using FluentAssertions;
using Xunit;
using Zaqar.Infrastructure.Outbound;
using Zaqar.Infrastructure.Subscriptions;
using static Zaqar.Unit.Subscriptions.SubscriptionStory;

namespace Zaqar.Unit.Subscriptions;

public class SubscriberRulesTests
{
    private static readonly SubscriberRules _rules = new(AddressPolicy.PublicOnly);

    [Theory]
    [InlineData("{}"), InlineData("""{"secret": "any text"}"""), InlineData("""{"secret": "whsec_c2VjcmV0"}"""), InlineData("""{"secret": null, "post_headers": null}""")]
    [InlineData("""{"post_headers": {}}"""), InlineData("""{"post_headers": {"X-A": "1", "content-type": "text/plain"}, "post_data": 5, "more": []}""")]
    public void options_that_deliveries_can_use_are_taken(string options) => _rules.Broken(Options(options)).Should().BeNull();

    [Theory]
    [InlineData("""{"secret": ""}"""), InlineData("""{"secret": 5}"""), InlineData("""{"secret": []}"""), InlineData("""{"secret": "whsec_"}""")]
    [InlineData("""{"secret": "whsec_*s3cr3t*"}"""), InlineData("""{"secret": "", "secret": "fine"}""")]
    [InlineData("""{"post_headers": []}"""), InlineData("""{"post_headers": "X-A: 1"}"""), InlineData("""{"post_headers": {"X-A": 1}}""")]
    [InlineData("""{"post_headers": {"X-A": null}}"""), InlineData("""{"post_headers": {"Host": "example.com"}}""")]
    [InlineData("""{"post_headers": {"X A": "1"}}"""), InlineData("""{"post_headers": {"X-A": "s3cr3t\r\nX-B: 2"}}""")]
    [InlineData("""{"post_headers": {"Host": "x"}, "post_headers": {}}""")]
    public void options_that_they_cannot_use_are_refused_without_their_values(string options) =>
        _rules.Broken(Options(options)).Should().EndWith(".").And.NotContain("s3cr3t");

    [Theory, InlineData("http://127.0.0.1/"), InlineData("https://[::1]:99/x"), InlineData("mailto:a@b@c"), InlineData("http://user:s3cr3t@example.com/")]
    public void subscribers_that_the_guard_knows_to_refuse_are_refused(string subscriber) =>
        _rules.Broken(subscriber).Should().StartWith("The subscriber is refused: ").And.EndWith(".").And.NotContain("s3cr3t");

    [Theory, InlineData("http://example.com/"), InlineData("trust+https://example.com:8080/x?y"), InlineData("mailto:a@example.com?subject=Hi")]
    public void others_are_taken(string subscriber) => _rules.Broken(subscriber).Should().BeNull();
}
