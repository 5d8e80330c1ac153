using FluentAssertions;
using Xunit;
using Zaqar.Infrastructure.Outbound;

namespace Zaqar.Unit.Outbound;

public class PostHeadersTests
{
    [Theory]
    [InlineData("Content-Type", "text/plain; charset=utf-8"), InlineData("X-Project-ID", "p1"), InlineData("Client-ID", "6ec91ae3-a522-47e2-b4b1-772365ea2ba5")]
    [InlineData("Authorization", "Bearer abc"), InlineData("User-Agent", "x"), InlineData("X-Auth-Token", "t"), InlineData("Accept", "*/*"), InlineData("X_y.z~1", "")]
    [InlineData("Hostess", "x"), InlineData("X-Host", "x"), InlineData("Proxying", "x"), InlineData("webhook-source", "x"), InlineData("Trailers", "x")]
    public void an_ordinary_header_is_allowed(string name, string value) => PostHeaders.IsAllowed(name, value).Should().BeTrue();

    [Theory]
    [InlineData("Host"), InlineData("HOST"), InlineData("host"), InlineData("Content-Length"), InlineData("content-length"), InlineData("Transfer-Encoding")]
    [InlineData("transfer-encoding"), InlineData("Connection"), InlineData("Keep-Alive"), InlineData("TE"), InlineData("te"), InlineData("Trailer"), InlineData("Upgrade")]
    [InlineData("Proxy-Authorization"), InlineData("Proxy-Connection"), InlineData("proxy-anything"), InlineData("Proxy-"), InlineData("Expect")]
    [InlineData("HTTP2-Settings"), InlineData("webhook-id"), InlineData("Webhook-Timestamp"), InlineData("WEBHOOK-SIGNATURE")]
    public void a_header_that_changes_where_how_or_as_whom_is_refused(string name) => PostHeaders.IsAllowed(name, "x").Should().BeFalse();

    [Theory]
    [InlineData(""), InlineData(" "), InlineData(":authority"), InlineData(":path"), InlineData("X Y"), InlineData("X:Y"), InlineData("X\r\nY"), InlineData("X\0")]
    [InlineData("Host "), InlineData(" Host"), InlineData("Host\t"), InlineData("X(y)"), InlineData("X/y"), InlineData("Ho\u017ft"), InlineData("Ünïcode"), InlineData("X\"")]
    public void what_is_no_header_name_is_refused(string name) => PostHeaders.IsAllowed(name, "x").Should().BeFalse();

    [Theory]
    [InlineData("a\r\nHost: b"), InlineData("a\nb"), InlineData("a\rb"), InlineData("a\0b"), InlineData("a\tb"), InlineData("\u007f"), InlineData("\u0085"), InlineData("ü")]
    public void a_value_that_cannot_be_sent_as_it_is_is_refused(string value) => PostHeaders.IsAllowed("X-Y", value).Should().BeFalse();

    [Fact]
    public void names_and_values_have_bounds()
    {
        PostHeaders.IsAllowed(new('x', 256), new('y', 8_192)).Should().BeTrue();
        PostHeaders.IsAllowed(new('x', 257), "y").Should().BeFalse();
        PostHeaders.IsAllowed("x", new('y', 8_193)).Should().BeFalse();
    }

    [Fact]
    public void a_refusal_does_not_tell_the_value() => PostHeaders.Refusal("X-Key", "hunter2\n").Should().NotContain("hunter2");
}
