using System.Text.Json;
using FluentAssertions;
using Xunit;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Cloud;

/// <summary>Which tokens let a client in, to which project, and for how long.</summary>
[Collection(RealCloud.Name)]
public sealed class TokensTests(RealCloud cloud)
{
    private const string Queues = "/v2/queues";

    [CloudFact]
    public async Task a_token_opens_its_project_and_no_other()
    {
        using var member = cloud.Client(await cloud.Token("member"));
        using var reader = cloud.Client(await cloud.Token("reader"));
        using var stranger = cloud.Client(await cloud.Token("stranger", "other"));
        var queue = Messaging.NewQueue();

        var id = (await member.PostBodies(queue, "1"))[0];

        (await reader.Get($"{Queues}/{queue}/messages/{id}")).Status.Should().Be(200);
        (await stranger.Get($"{Queues}/{queue}/messages/{id}")).Status.Should().Be(404);
        (await stranger.Get($"{Queues}?limit=20")).Text.Should().NotContain(queue);
        (await stranger.Delete($"{Queues}/{queue}")).ShouldBeEmpty(204);
        (await reader.Get($"{Queues}/{queue}/messages/{id}")).Status.Should().Be(200);
    }

    [CloudFact]
    public async Task a_header_opens_no_other_project()
    {
        using var member = cloud.Client(await cloud.Token("member"));
        using var stranger = cloud.Client(await cloud.Token("stranger", "other"));
        stranger.DefaultRequestHeaders.Add("X-Project-Id", cloud.Accounts.Projects["demo"]);
        var (theirs, own) = (Messaging.NewQueue(), Messaging.NewQueue());
        await member.Put($"{Queues}/{theirs}");

        (await stranger.Put($"{Queues}/{own}")).ShouldBeEmpty(201);

        (await stranger.Get($"{Queues}?limit=20")).Text.Should().Contain(own).And.NotContain(theirs);
        (await member.Get($"{Queues}?limit=20&name={own}")).Text.Should().NotContain(own);
    }

    [CloudTheory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("gAAAAABnVt0yAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task without_a_valid_token_a_client_is_told_where_to_get_one(string? token)
    {
        using var client = cloud.Client(token);

        foreach (var path in new[] { Queues, "/v2/", "/v2/ping", "/v2/health" })
        {
            var answer = await client.Get(path);

            answer.Status.Should().Be(401, path);
            answer.Header("WWW-Authenticate").Should().Be($"Keystone uri=\"{cloud.Accounts.Url}\"");
            var error = answer.Json.GetProperty("error");
            error.GetProperty("code").GetInt32().Should().Be(401);
            error.GetProperty("title").GetString().Should().Be("Unauthorized");
        }

        (await client.Get("/")).Status.Should().Be(300);
    }

    [CloudFact]
    public async Task a_token_of_no_project_opens_none()
    {
        await ShouldMissAProject(await cloud.Token("member", project: null));
        await ShouldMissAProject(await cloud.Token("nobody", project: null));
        await ShouldMissAProject(await cloud.Token(cloud.ByPassword(cloud.Accounts.Users["admin"]), new { system = new { all = true } }));
    }

    [CloudFact]
    public async Task a_token_is_over_when_its_time_is_however_long_its_answer_may_be_kept()
    {
        var patient = new CloudService(cloud.Accounts, new("http://127.0.0.1:0"), TimeSpan.FromHours(1));
        await patient.InitializeAsync();
        try
        {
            // Of full seconds, as Keystone counts them.
            var until = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 10);
            var (_, identity) = await cloud.ApplicationCredential(await cloud.Token("member"), cloud.Accounts.Users["member"], until);
            using var client = cloud.Client(await cloud.Token(identity), patient.Address);

            (await client.Get(Queues)).Status.Should().Be(200);
            await ShouldBeShutOut(client);

            // A little earlier, for it could run out under way.
            TimeProvider.System.GetUtcNow().Should().BeCloseTo(until, TimeSpan.FromSeconds(6));
        }
        finally
        {
            await patient.DisposeAsync();
        }
    }

    [CloudFact]
    public async Task a_token_that_is_good_for_some_requests_only_is_good_for_none()
    {
        var rules = new[] { new { service = "messaging", method = "GET", path = "/v2/queues" } };
        var (_, identity) = await cloud.ApplicationCredential(await cloud.Token("member"), cloud.Accounts.Users["member"], accessRules: rules);
        using var client = cloud.Client(await cloud.Token(identity));

        (await client.Get(Queues)).Status.Should().Be(401);
        (await client.Get("/v2/ping")).Status.Should().Be(401);
    }

    [CloudFact]
    public async Task a_token_that_is_revoked_is_over()
    {
        var token = await cloud.Token("member");
        using var client = await LetIn(token);

        await cloud.Revoke(token);

        await ShouldBeShutOut(client);
    }

    [CloudFact]
    public async Task the_tokens_of_a_user_who_is_disabled_are_over()
    {
        var user = await cloud.NewMember();
        using var client = await LetIn(await cloud.TokenOfMember(user));

        (await cloud.Keystone("PATCH", $"/v3/users/{user}", await cloud.Token("admin", "admin"), new { user = new { enabled = false } })).Status.Should().Be(200);

        await ShouldBeShutOut(client);
    }

    [CloudFact]
    public async Task the_tokens_of_a_user_who_leaves_a_project_are_over()
    {
        var user = await cloud.NewMember();
        using var client = await LetIn(await cloud.TokenOfMember(user));
        var admin = await cloud.Token("admin", "admin");
        var roles = $"/v3/projects/{cloud.Accounts.Projects["demo"]}/users/{user}/roles";

        foreach (var role in (await cloud.Keystone("GET", roles, admin)).Json.GetProperty("roles").EnumerateArray())
            (await cloud.Keystone("DELETE", $"{roles}/{role.GetProperty("id").GetString()}", admin)).Status.Should().Be(204);

        await ShouldBeShutOut(client);
    }

    [CloudFact]
    public async Task the_tokens_of_an_application_credential_open_its_project_until_it_is_deleted()
    {
        var (member, password) = (cloud.Accounts.Users["member"], await cloud.Token("member"));
        var (path, identity) = await cloud.ApplicationCredential(password, member);
        using var client = await LetIn(await cloud.Token(identity));
        using var usual = cloud.Client(password);
        var queue = Messaging.NewQueue();
        await usual.Put($"{Queues}/{queue}", """{"of": "demo"}""");

        (await client.Get($"{Queues}/{queue}")).Json.GetProperty("of").GetString().Should().Be("demo");
        (await cloud.Keystone("DELETE", path, password)).Status.Should().Be(204);

        await ShouldBeShutOut(client);
    }

    [CloudFact]
    public async Task the_tokens_of_a_trust_open_the_trustors_project_until_it_ends()
    {
        var trustor = await cloud.NewMember();
        var token = await cloud.TokenOfMember(trustor);
        var made = await cloud.Keystone("POST", "/v3/OS-TRUST/trusts", token, new
        {
            trust = new
            {
                trustor_user_id = trustor,
                trustee_user_id = cloud.Accounts.Users["stranger"],
                project_id = cloud.Accounts.Projects["demo"],
                impersonation = true,
                roles = new[] { new { name = "reader" } },
            },
        });
        made.Status.Should().Be(201, made.Text);
        var trust = made.Json.GetProperty("trust").GetProperty("id").GetString()!;
        using var stranger = await LetIn(await cloud.Token(
            cloud.ByPassword(cloud.Accounts.Users["stranger"]), new Dictionary<string, object> { ["OS-TRUST:trust"] = new { id = trust } }));
        using var usual = cloud.Client(token);
        var queue = Messaging.NewQueue();
        await usual.Put($"{Queues}/{queue}", """{"of": "demo"}""");

        (await stranger.Get($"{Queues}/{queue}")).Json.GetProperty("of").GetString().Should().Be("demo");
        (await cloud.Keystone("DELETE", $"/v3/OS-TRUST/trusts/{trust}", token)).Status.Should().Be(204);

        await ShouldBeShutOut(stranger);
    }

    [CloudFact]
    public async Task a_token_is_asked_for_before_a_client_id()
    {
        using var client = cloud.Client(null);
        client.DefaultRequestHeaders.Remove("Client-ID");

        (await client.Get(Queues)).Status.Should().Be(401);
        (await client.Get(Queues, ("X-Auth-Token", await cloud.Token("member")))).Status.Should().Be(400);
    }

    private async Task<HttpClient> LetIn(string token)
    {
        var client = cloud.Client(token);
        (await client.Get(Queues)).Status.Should().Be(200);
        return client;
    }

    private static Task ShouldBeShutOut(HttpClient client) =>
        Eventually.Holds(async () => (await client.Get(Queues)).Status, status => status == 401, "the token is not taken any more");

    private async Task ShouldMissAProject(string token)
    {
        using var client = cloud.Client(token);
        var answer = await client.Get(Queues);
        answer.ShouldBe(400, "Project-Id Missing");
        JsonSerializer.Serialize(answer.Json).Should().Contain("X-PROJECT-ID");
    }
}
