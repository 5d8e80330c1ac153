using System.Net;
using FluentAssertions;
using Xunit;
using Zaqar.Infrastructure.Outbound;

namespace Zaqar.Unit.Outbound;

public class RedirectsTests
{
    private static readonly Uri _current = new("https://example.com/a/b?c");

    [Theory, InlineData(301), InlineData(302), InlineData(307), InlineData(308)]
    public void method_and_body_are_kept(int status) =>
        Next(status, "https://example.com/d").Should().Be(new RedirectHop(new("https://example.com/d"), HttpMethod.Post, KeepsBody: true, SameOrigin: true));

    [Fact]
    public void where_to_look_after_it_was_taken_is_asked_by_a_get_without_a_body() =>
        Next(303, "https://example.com/d").Should().Be(new RedirectHop(new("https://example.com/d"), HttpMethod.Get, KeepsBody: false, SameOrigin: true));

    [Theory, InlineData(200), InlineData(201), InlineData(300), InlineData(304), InlineData(305), InlineData(306), InlineData(399), InlineData(404), InlineData(503)]
    public void other_statuses_lead_nowhere(int status) => Next(status, "https://example.com/d").Should().BeNull();

    [Fact]
    public void a_redirect_without_a_location_leads_nowhere() =>
        Redirects.Next(_current, HttpMethod.Post, HttpStatusCode.Found, null, 0, AddressPolicy.PublicOnly).Should().BeNull();

    [Theory]
    [InlineData("/d", "https://example.com/d"), InlineData("d?e#f", "https://example.com/a/d?e"), InlineData("//other.example/d", "https://other.example/d")]
    [InlineData("?x", "https://example.com/a/b?x")]
    public void a_relative_location_is_relative_to_what_was_requested_and_loses_its_fragment(string location, string target) =>
        Next(302, location)!.Target.AbsoluteUri.Should().Be(target);

    [Theory]
    [InlineData("https://EXAMPLE.com:443/", true), InlineData("https://example.com:8443/", false), InlineData("https://www.example.com/", false)]
    [InlineData("//example.com/", true)]
    public void another_scheme_host_or_port_is_another_origin(string location, bool same) => Next(307, location)!.SameOrigin.Should().Be(same);

    [Fact]
    public void a_redirect_to_https_is_followed() => Next(308, "https://example.com/", from: "http://example.com/")!.SameOrigin.Should().BeFalse();

    [Fact]
    public void three_redirects_are_followed_and_the_fourth_is_refused()
    {
        Next(307, "/d", hops: 2).Should().NotBeNull();
        Refusing(307, "/d", hops: 3).Should().Contain("more than 3 redirects");
    }

    [Fact]
    public void an_answer_after_three_redirects_stands() => Next(200, "/d", hops: 3).Should().BeNull();

    [Theory, InlineData("http://example.com/"), InlineData("HTTP://example.com/")]
    public void a_redirect_from_https_to_http_is_refused(string location) => Refusing(307, location).Should().Contain("from https to http");

    [Theory, MemberData(nameof(GuardTargets.ToldByTheirText), MemberType = typeof(GuardTargets))]
    public void a_redirect_to_a_target_whose_text_is_refused_is_refused(string target)
    {
        // What a client would make of the header: text that is no URI, or a relative one, leads back to where the redirect came from.
        if (!Uri.TryCreate(target, UriKind.RelativeOrAbsolute, out var location) || !location.IsAbsoluteUri)
            return;

        // The scheme trust+http is a subscription's, not the web's.
        Refusing(307, target, from: "http://example.com/").Should().Contain("a redirect");
    }

    [Theory, InlineData("//127.0.0.1/"), InlineData("//localhost/"), InlineData("//[::1]/"), InlineData("//user@example.com/"), InlineData("//2130706433/")]
    public void a_redirect_relative_to_the_scheme_is_judged_too(string location) => Refusing(302, location).Should().Contain("refused because");

    [Fact]
    public void a_refusal_tells_nothing_of_path_and_query() =>
        Refusing(302, "http://10.0.0.1/secret?token=hunter2", from: "http://example.com/hidden").Should().NotContainAny("secret", "hunter2", "hidden");

    private static RedirectHop? Next(int status, string location, int hops = 0, string? from = null) => Redirects.Next(
        from is null ? _current : new(from), HttpMethod.Post, (HttpStatusCode)status, new(location, UriKind.RelativeOrAbsolute), hops, AddressPolicy.PublicOnly);

    private static string Refusing(int status, string location, int hops = 0, string? from = null)
    {
        var next = () => Next(status, location, hops, from);
        return next.Should().Throw<OutboundRefusedException>().Which.Message;
    }
}
