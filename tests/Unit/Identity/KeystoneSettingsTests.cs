using FluentAssertions;
using Xunit;
using Zaqar.Infrastructure.Identity;

namespace Zaqar.Unit.Identity;

public class KeystoneSettingsTests
{
    private static readonly KeystoneSettings _whole = new() { AuthUrl = "https://keystone.example:5000/v3", Username = "zaqar", Password = "secret" };

    [Fact]
    public void nothing_and_a_whole_account_are_right()
    {
        new KeystoneSettings().Broken().Should().BeNull();
        _whole.Broken().Should().BeNull();
        (_whole with { TokenCacheTime = TimeSpan.Zero, WwwAuthenticateUri = "https://public.example" }).Broken().Should().BeNull();
    }

    [Fact]
    public void half_an_account_is_not()
    {
        (_whole with { Username = null }).Broken().Should().Contain("Username");
        (_whole with { Password = "" }).Broken().Should().Contain("Password");
    }

    [Theory, InlineData("keystone"), InlineData(""), InlineData("ftp://k"), InlineData("http://u:p@k"), InlineData("http://k/\""), InlineData("http://k/a b"), InlineData("http://k/é")]
    public void a_url_that_cannot_be_asked_or_shown_is_named(string url)
    {
        (_whole with { AuthUrl = url }).Broken().Should().Contain("AuthUrl");
        (_whole with { WwwAuthenticateUri = url }).Broken().Should().Contain("WwwAuthenticateUri");
    }

    [Theory, InlineData(-1), InlineData(3_601)]
    public void answers_are_kept_for_an_hour_at_most(int seconds) =>
        (_whole with { TokenCacheTime = TimeSpan.FromSeconds(seconds) }).Broken().Should().Contain("TokenCacheTime");

    [Theory]
    [InlineData("http://k:5000", "http://k:5000/v3/auth/tokens"), InlineData("http://k:5000/", "http://k:5000/v3/auth/tokens")]
    [InlineData("http://k/identity/v3", "http://k/identity/v3/auth/tokens"), InlineData("http://k/identity/v3/", "http://k/identity/v3/auth/tokens")]
    public void the_version_may_be_in_the_url_or_not(string url, string tokens) =>
        (_whole with { AuthUrl = url }).At("auth/tokens").Should().Be(new Uri(tokens));

    [Fact]
    public void a_401_names_keystone_as_clients_reach_it()
    {
        _whole.ChallengeUri.Should().Be("https://keystone.example:5000/v3");
        (_whole with { WwwAuthenticateUri = "https://public.example/identity" }).ChallengeUri.Should().Be("https://public.example/identity");
    }
}
