using System.Text;
using FluentAssertions;
using Xunit;
using Zaqar.Infrastructure.Identity;

namespace Zaqar.Unit.Identity;

/// <summary>What is taken from what Keystone says of a token.</summary>
public class KeystoneTokenTests
{
    private const string User = """ "user": {"id": "u1", "name": "demo", "domain": {"id": "default", "name": "Default"}, "password_expires_at": null}, "expires_at": "2030-01-01T12:00:00.000000Z" """;

    [Fact]
    public void of_a_project_it_has_user_project_roles_end_and_catalog()
    {
        var token = Read($$$"""
            {"token": {"methods": ["password"], {{{User}}},
              "project": {"id": "p1", "name": "demo", "domain": {"id": "default", "name": "Default"}}, "is_domain": false,
              "roles": [{"id": "r1", "name": "reader"}, {"id": "r2", "name": "member", "domain_id": null, "options": {}}],
              "audit_ids": ["A"], "issued_at": "2030-01-01T08:00:00.000000Z", "some_day": {"something": ["new"]},
              "catalog": [{"id": "s", "type": "messaging", "name": "zaqar", "endpoints": [
                {"id": "e", "interface": "public", "region": "Old", "region_id": "RegionOne", "url": "http://messaging.example:8888"}]}]}}
            """)!;

        (token.User, token.Project, token.HasAccessRules).Should().Be(("u1", "p1", false));
        token.Roles.Should().Equal("reader", "member");
        token.ExpiresAt.Should().Be(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
        token.Catalog.Should().Equal(new CatalogEndpoint("zaqar", "public", "RegionOne", "http://messaging.example:8888"));
    }

    [Theory]
    [InlineData(""), InlineData(""", "system": {"all": true}, "roles": [{"name": "admin"}]"""), InlineData(""", "domain": {"id": "default"}""")]
    [InlineData(""", "project": null""")]
    public void of_another_scope_or_none_it_has_no_project(string scope) => Read($$$"""{"token": {{{{User}}}{{{scope}}}}}""")!.Project.Should().BeNull();

    [Fact]
    public void of_a_trust_it_is_who_made_it() => Read($$$"""
        {"token": {{{{User}}}, "project": {"id": "p1"}, "roles": [], "OS-TRUST:trust": {"id": "t", "trustee_user": {"id": "z"}, "impersonation": true} } }
        """)!.User.Should().Be("u1");

    [Theory]
    [InlineData("""{"id": "c", "restricted": true}""", false), InlineData("""{"id": "c", "access_rules": null}""", false)]
    [InlineData("""{"id": "c", "access_rules": []}""", true), InlineData("""{"id": "c", "access_rules": [{"path": "/v2.1/servers"}]}""", true)]
    public void of_an_application_credential_it_says_whether_it_is_good_for_some_requests_only(string credential, bool has) =>
        Read($$$"""{"token": {{{{User}}}, "application_credential": {{{credential}}}}}""")!.HasAccessRules.Should().Be(has);

    [Fact]
    public void a_time_without_a_zone_is_utc() =>
        Read("""{"token": {"user": {"id": "u"}, "expires_at": "2030-01-01T12:00:00.000000"}}""")!.ExpiresAt.Should().Be(new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(""), InlineData("null"), InlineData("[]"), InlineData("{}"), InlineData("<html/>"), InlineData("""{"token": null}"""), InlineData("""{"token": 5}""")]
    [InlineData("""{"token": {"user": {"id": ""}, "expires_at": "2030-01-01T12:00:00Z"}}""")]
    [InlineData("""{"token": {"user": {"id": 7}, "expires_at": "2030-01-01T12:00:00Z"}}""")]
    [InlineData("""{"token": {"expires_at": "2030-01-01T12:00:00Z"}}""")]
    [InlineData("""{"token": {"user": {"id": "u"}}}"""), InlineData("""{"token": {"user": {"id": "u"}, "expires_at": "soon"}}""")]
    [InlineData("""{"token": {"user": {"id": "u"}, "project": {"name": "p"}, "expires_at": "2030-01-01T12:00:00Z"}}""")]
    [InlineData("""{"token": {"user": {"id": "u"}, "roles": "admin", "expires_at": "2030-01-01T12:00:00Z"}}""")]
    public void anything_else_is_none(string body) => Read(body).Should().BeNull();

    [Fact]
    public void what_is_odd_in_a_list_is_passed_over()
    {
        var token = Read($$$"""{"token": {{{{User}}}, "project": {"id": "p"}, "roles": [null, {}, {"name": "member"}], "catalog": [null, {}, {"name": "zaqar"}, {"name": "zaqar", "endpoints": [null, {}]}]}}""")!;

        token.Roles.Should().Equal("member");
        token.Catalog.Should().BeEmpty();
    }

    private static KeystoneToken? Read(string body) => KeystoneToken.Read(Encoding.UTF8.GetBytes(body));
}
