using FluentAssertions;
using Xunit;
using Zaqar.Infrastructure.Delivery;

namespace Zaqar.Unit.Delivery;

public class RetryAfterTests
{
    private static readonly DateTimeOffset _now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0", 0)]
    [InlineData("7", 7)]
    [InlineData("3600", 3600)]
    [InlineData("3601", 3600)]
    [InlineData("99999999999999999999", 3600)]
    [InlineData("Tue, 01 Jan 2030 12:00:30 GMT", 30)]
    [InlineData("Tue, 01 Jan 2030 11:00:00 GMT", 0)]
    [InlineData("Wed, 02 Jan 2030 12:00:00 GMT", 3600)]
    public void a_wish_of_up_to_an_hour_is_read(string header, int seconds) => Read(header).Should().Be(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("-5")]
    [InlineData("1.5")]
    public void what_is_no_wish_is_none(string header) => Read(header).Should().BeNull();

    [Fact]
    public void who_says_nothing_wishes_nothing()
    {
        using var response = new HttpResponseMessage();
        RetryAfter.Of(response.Headers, _now).Should().BeNull();
    }

    private static TimeSpan? Read(string header)
    {
        using var response = new HttpResponseMessage();
        response.Headers.TryAddWithoutValidation("Retry-After", header);
        return RetryAfter.Of(response.Headers, _now);
    }
}
