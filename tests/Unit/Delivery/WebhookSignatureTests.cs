using System.Text;
using FluentAssertions;
using Xunit;
using Zaqar.Infrastructure.Delivery;

namespace Zaqar.Unit.Delivery;

public class WebhookSignatureTests
{
    /// <summary>The standard's own example.</summary>
    [Fact]
    public void a_signature_is_the_standards() =>
        WebhookSignature.Of(
            WebhookSignature.KeyOf("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")!,
            "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"u8)
            .Should().Be("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("é", "é")]
    [InlineData("whsec_cGxhaW4=", "plain")]
    [InlineData("WHSEC_cGxhaW4=", "WHSEC_cGxhaW4=")]
    public void a_secret_is_base64_behind_its_prefix_and_text_without(string secret, string key) =>
        Encoding.UTF8.GetString(WebhookSignature.KeyOf(secret)!).Should().Be(key);

    [Theory]
    [InlineData("whsec_")]
    [InlineData("whsec_not base64!")]
    [InlineData("whsec_cGxhaW4")]
    public void a_secret_that_says_it_is_base64_and_is_not_is_no_key(string secret) => WebhookSignature.KeyOf(secret).Should().BeNull();
}
