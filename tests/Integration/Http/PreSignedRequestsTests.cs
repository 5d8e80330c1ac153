using FluentAssertions;
using Microsoft.Extensions.Configuration;
using Xunit;
using Zaqar.Api.Settings;
using Zaqar.Domain;

namespace Zaqar.Integration.Http;

/// <summary>Requests that show a signature of the service's own.</summary>
public sealed class PreSignedRequestsTests(PreSignedRequestsTests.SigningService service) : IClassFixture<PreSignedRequestsTests.SigningService>, IDisposable
{
    private const string Key = "a key of this test's own";
    private const string Messages = "/v2/queues/shared/messages";
    private const string Expires = "2099-01-01T00:00:00";
    private static readonly string _signature = Signature("p1", Expires);

    private readonly HttpClient _bearer = new() { BaseAddress = service.Address };

    public void Dispose() => _bearer.Dispose();

    [Fact]
    public async Task a_signed_request_is_let_in()
    {
        (await Ask("GET", Messages)).Status.Should().Be(200);
        (await Ask("GET", $"{Messages}?echo=true&limit=2")).Status.Should().Be(200);
        (await Ask("GET", $"{Messages}/00000000-0000-0001-0000-000000000000")).ShouldBe(404, "Not found");
        (await Ask("POST", Messages)).ShouldBe(400, "Invalid request body");
    }

    [Fact]
    public async Task whatever_is_wrong_is_a_plain_404()
    {
        (await Ask("DELETE", $"{Messages}?pop=1")).ShouldBe(404, "404 Not Found");
        (await Ask("GET", "/v2/queues/shared")).ShouldBe(404, "404 Not Found");
        (await Ask("GET", "/v2/queues/shared/messages2")).ShouldBe(404, "404 Not Found");
        (await Ask("GET", "/")).ShouldBe(404, "404 Not Found");
        (await Ask("GET", Messages, ("X-Project-ID", "p2"))).ShouldBe(404, "404 Not Found");
        (await Ask("GET", Messages, ("URL-Expires", "2099-01-01T00:00:01"))).ShouldBe(404, "404 Not Found");
        (await Ask("GET", Messages, ("URL-Methods", "GET"))).ShouldBe(404, "404 Not Found");
        (await Ask("GET", Messages, ("URL-Signature", new string('0', 64)))).ShouldBe(404, "404 Not Found");
    }

    [Theory, InlineData("URL-Expires"), InlineData("URL-Methods"), InlineData("URL-Paths"), InlineData("X-Project-ID")]
    public async Task nothing_that_is_signed_may_be_missing(string header)
    {
        var answer = await _bearer.Get(Messages, [.. Headers().Where(given => given.Name != header)]);

        answer.ShouldBe(404, "404 Not Found");
    }

    [Fact]
    public async Task a_signature_for_nobody_does_not_open_the_project_of_another_header()
    {
        (string, string)[] headers =
            [("X-Tenant-ID", "victim"), ("URL-Signature", Signature("None", Expires)), .. Headers().Where(given => given.Name is not ("X-Project-ID" or "URL-Signature"))];

        (await _bearer.Get(Messages, headers)).ShouldBe(404, "404 Not Found");
    }

    [Fact]
    public async Task a_bearer_says_which_client_it_is_like_anyone() =>
        (await _bearer.Get(Messages, [.. Headers().Where(given => given.Name != "Client-ID")])).ShouldBe(400, "Missing header value");

    [Fact]
    public async Task a_signature_whose_time_is_over_is_none()
    {
        var past = "2020-01-01T00:00:00";

        (await Ask("GET", Messages, ("URL-Expires", past), ("URL-Signature", Signature("p1", past)))).ShouldBe(404, "404 Not Found");
    }

    [Theory, InlineData(null, null), InlineData("", null), InlineData("key", "key")]
    public void an_empty_key_is_none(string? given, string? key) => Read(given).SecretKey.Should().Be(key);

    [Fact]
    public void a_blank_key_is_refused_and_a_key_is_never_printed()
    {
        FluentActions.Invoking(() => Read("  ")).Should().Throw<SettingInvalidException>().WithMessage("Zaqar:SignedUrl:SecretKey*");
        Read("hunter2").ToString().Should().NotContain("hunter2");
    }

    [Fact]
    public void old_keys_are_listed_with_commas_and_stand_beside_a_present_one()
    {
        Read("new", " old , older ").OldKeys.Should().Equal("old", "older");
        Read("new").OldKeys.Should().BeEmpty();
        Read("new", " ").OldKeys.Should().BeEmpty();
        FluentActions.Invoking(() => Read("new", "old,,older")).Should().Throw<SettingInvalidException>().WithMessage("Zaqar:SignedUrl:OldSecretKeys*");
        FluentActions.Invoking(() => Read("", "old")).Should().Throw<SettingInvalidException>().WithMessage("Zaqar:SignedUrl:OldSecretKeys*");
        Read("new", "hunter2").ToString().Should().NotContain("hunter2");
    }

    [Fact]
    public async Task a_service_without_a_key_shares_nothing()
    {
        await using var keyless = new KeylessService();
        await keyless.InitializeAsync();
        using var client = keyless.Client();

        (await client.Post("/v2/queues/q/share", "{}")).ShouldBe(400, "Invalid API request");
        (await client.Post("/v2/queues/q/share", "{")).ShouldBe(400, "Invalid request body");
    }

    private static Application.SignedUrlSettings Read(string? key, string? old = null) => SettingsReader.ReadSignedUrl(
        new ConfigurationBuilder().AddInMemoryCollection(
            [new("Zaqar:SignedUrl:SecretKey", key), new("Zaqar:SignedUrl:OldSecretKeys", old)]).Build());

    private Task<Answer> Ask(string method, string path, params (string Name, string Value)[] other) =>
        _bearer.Ask(method, path, headers: [.. Headers().Where(given => !other.Any(one => one.Name == given.Name)), .. other]);

    private static (string Name, string Value)[] Headers() =>
    [
        ("Client-ID", "3381af92-2b9e-11e3-b191-71861300734c"), ("X-Project-ID", "p1"), ("URL-Signature", _signature), ("URL-Expires", Expires),
        ("URL-Methods", "POST,GET"), ("URL-Paths", Messages),
    ];

    private static string Signature(string project, string expires) => UrlSignature.Of(Key, [Messages], ["GET", "POST"], project, expires);

    private sealed class KeylessService : ZaqarService, IAsyncDisposable
    {
        async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();
    }

    public sealed class SigningService : ZaqarService
    {
        protected override IReadOnlyList<string> Settings => [$"--Zaqar:SignedUrl:SecretKey={Key}"];
    }
}
