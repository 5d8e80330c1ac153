using FluentAssertions;
using Xunit;
using Zaqar.Domain;

namespace Zaqar.Unit;

public class UrlSignatureTests
{
    /// <summary>What the original server signs.</summary>
    [Fact]
    public void a_signature_is_the_originals() =>
        UrlSignature.Of("topsecret", ["/v2/queues/sg/messages", "/v2/queues/sg/claims"], ["POST", "GET", "DELETE"], "p1", "2030-01-01T00:00:00")
            .Should().Be("c9c7e8d00b64a5a33561f8995e6628aec92e7c60e6f375834c168db3bd59dd48");

    [Fact]
    public void an_expiry_is_written_in_utc_to_the_second() =>
        UrlSignature.Expires(new DateTimeOffset(2030, 1, 1, 2, 0, 0, 999, TimeSpan.FromHours(2))).Should().Be("2030-01-01T00:00:00");
}
