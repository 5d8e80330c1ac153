using FluentAssertions;
using Xunit;
using Zaqar.Infrastructure.Outbound;

namespace Zaqar.Unit.Outbound;

public class MailRecipientTests
{
    [Theory]
    [InlineData("mailto:someone@example.com", "someone@example.com", null)]
    [InlineData("MAILTO:Some.One+tag@Example.com", "Some.One+tag@Example.com", null)]
    [InlineData("mailto:someone%40example.com", "someone@example.com", null)]
    [InlineData("mailto:someone@example.com?subject=Hello%20World", "someone@example.com", "Hello World")]
    [InlineData("mailto:someone@example.com?Subject=Hello World", "someone@example.com", "Hello World")]
    [InlineData("mailto:someone@example.com?subject=1&subject=2", "someone@example.com", "1")]
    [InlineData("mailto:someone@example.com?subject=a%26b%3Dc=d", "someone@example.com", "a&b=c=d")]
    [InlineData("mailto:someone@example.com?subject=Gr%C3%BC%C3%9Fe", "someone@example.com", "Grüße")]
    [InlineData("mailto:someone@example.com?subject=", "someone@example.com", "")]
    [InlineData("mailto:someone@example.com?", "someone@example.com", null)]
    [InlineData("mailto:o'brien_1@mail.xn--bcher-kva.example", "o'brien_1@mail.xn--bcher-kva.example", null)]
    [InlineData("mailto:ops@corp.internal", "ops@corp.internal", null)]
    [InlineData("mailto:fake@123.com", "fake@123.com", null)]
    public void one_plain_address_is_taken_with_its_subject(string subscriber, string address, string? subject)
    {
        SubscriberUri.Refusal(subscriber, AddressPolicy.PublicOnly).Should().BeNull();
        MailRecipient.Parse(subscriber).Should().Be(new MailRecipient(address, subject));
    }

    [Theory]
    // None, several, or hidden ones.
    [InlineData("mailto:"), InlineData("mailto:@example.com"), InlineData("mailto:someone"), InlineData("mailto:someone@"), InlineData("mailto:?subject=x")]
    [InlineData("mailto:a@example.com,b@example.com"), InlineData("mailto:a@example.com%2Cb@example.com"), InlineData("mailto:a@example.com;b@example.com")]
    [InlineData("mailto:a@example.com%20b@example.com"), InlineData("mailto:a@b@example.com"), InlineData("mailto:a%40b@example.com")]
    [InlineData("mailto:a@example.com?to=b@example.com"), InlineData("mailto:a@example.com?cc=b@example.com"), InlineData("mailto:a@example.com?BCC=b@example.com")]
    [InlineData("mailto:a@example.com?subject=x&bcc=b@example.com"), InlineData("mailto:a@example.com?%62cc=b@example.com"), InlineData("mailto:a@example.com?body=x")]
    [InlineData("mailto:a@example.com?from=b@example.com"), InlineData("mailto:a@example.com?reply-to=b@example.com"), InlineData("mailto:a@example.com?x")]
    // Line breaks and control characters.
    [InlineData("mailto:a@example.com\r\nBcc: b@example.com"), InlineData("mailto:a@example.com%0d%0aBcc:b@example.com"), InlineData("mailto:a%0a@example.com")]
    [InlineData("mailto:a@example.com?subject=x%0d%0aBcc:%20b@example.com"), InlineData("mailto:a@example.com?subject=x%0AY"), InlineData("mailto:a@example.com?subject=x%0Dy")]
    [InlineData("mailto:a@example.com?subject=x\ny"), InlineData("mailto:a@example.com?subject=%00"), InlineData("mailto:a@example.com?subject=%E2%80%A8")]
    [InlineData("mailto:a@example.com?subject=ok&subject=%0d%0a"), InlineData("mailto:a@example.com?subject=%C2%85"), InlineData("mailto:a@example.com%00")]
    // Not plain: names, quotes, comments, routes, options, addresses.
    [InlineData("mailto:Someone <a@example.com>"), InlineData("mailto:<a@example.com>"), InlineData("mailto:\"a b\"@example.com"), InlineData("mailto:a(b)@example.com")]
    [InlineData("mailto:a%25b@example.com"), InlineData("mailto:a!b@example.com"), InlineData("mailto:|id@example.com"), InlineData("mailto:/etc/x@example.com")]
    [InlineData("mailto:-oQ/tmp@example.com"), InlineData("mailto:.a@example.com"), InlineData("mailto:a.@example.com"), InlineData("mailto:a..b@example.com")]
    [InlineData("mailto:a@[127.0.0.1]"), InlineData("mailto:a@127.0.0.1"), InlineData("mailto:a@10.1"), InlineData("mailto:a@[IPv6:::1]"), InlineData("mailto:a@0x7f.0x1")]
    [InlineData("mailto:a@localhost"), InlineData("mailto:root@localhost.localdomain"), InlineData("mailto:root@x.localhost"), InlineData("mailto:root@host")]
    [InlineData("mailto:a@example.com."), InlineData("mailto:a@.example.com"), InlineData("mailto:a@example..com"), InlineData("mailto:a@exämple.com")]
    [InlineData("mailto:ä@example.com"), InlineData("mailto:a@ｌocalhost.com"), InlineData("mailto:a@example.com#x"), InlineData("mailto://a@example.com")]
    public void anything_else_is_refused(string subscriber)
    {
        SubscriberUri.Refusal(subscriber, AddressPolicy.PublicOnly).Should().NotBeNullOrEmpty();
        subscriber.Invoking(MailRecipient.Parse).Should().Throw<FormatException>();
    }

    [Fact]
    public void an_address_has_at_most_254_characters_and_64_before_the_at_sign()
    {
        MailRecipient.Refusal($"mailto:{new string('a', 64)}@example.com").Should().BeNull();
        MailRecipient.Refusal($"mailto:{new string('a', 65)}@example.com").Should().NotBeNull();
        MailRecipient.Refusal($"mailto:a@{string.Join('.', Enumerable.Repeat("example", 32))}.com").Should().NotBeNull();
    }
}
