using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;
using Zaqar.Api.Settings;
using Zaqar.Integration.Http;
using Zaqar.Integration.Postgres;

namespace Zaqar.Integration.Policies;

/// <summary>The operator's own policy file, at the start and while the service runs.</summary>
public sealed class PolicyFileTests(PolicyFileTests.PolicedService service) : IClassFixture<PolicyFileTests.PolicedService>, IDisposable
{
    private const string OnlyWriters = "\"queues:create\": \"role:writer\"\n";

    private readonly HttpClient _client = service.Client();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task who_may_not_gets_the_originals_403_and_who_may_is_let_in()
    {
        await Take(OnlyWriters + "\"messages:get_all\": \"not project_id:%(project_id)s\"\n\"queues:stats\": \"!\"\n");

        var refused = await _client.Put("/v2/queues/q");

        refused.ShouldBe(403, "Not authorized");
        refused.Json.GetProperty("description").GetString().Should().Be("You are not authorized to complete this action.");
        (await Create("reader, Writer")).ShouldBeEmpty(201);
        (await _client.Get("/v2/queues/q/messages")).ShouldBe(403, "Not authorized");
        (await _client.Get("/v2/queues/q/stats")).ShouldBe(403, "Not authorized");
        (await _client.Get("/v2/queues/q")).Status.Should().Be(200, "the file does not say anything about it");
        (await _client.Ask("OPTIONS", "/v2/queues/q")).Status.Should().Be(200, "telling the methods needs no rule");
    }

    [Fact]
    public async Task the_first_check_that_fails_answers_and_policy_is_the_last()
    {
        await Take(OnlyWriters);
        using var nobody = new HttpClient { BaseAddress = service.Address };

        (await nobody.Put("/v2/queues/q")).ShouldBe(400, "Missing header value");
        (await _client.Put("/v2/queues/@")).ShouldBe(400, "Invalid queue identification");
        (await _client.Ask("BREW", "/v2/queues/q")).ShouldBe(405, "405 Method Not Allowed");
    }

    [Fact]
    public async Task the_bearer_of_a_signature_has_no_roles_whatever_it_says()
    {
        const string path = "/v2/queues/q/messages", expires = "2090-01-01T00:00:00";
        await Take(OnlyWriters + "\"messages:get_all\": \"role:writer\"\n");
        (string, string)[] headers =
        [
            ("Client-ID", Guid.NewGuid().ToString()), ("X-Project-ID", "p1"), ("X-Roles", "writer"), ("URL-Methods", "GET,POST"), ("URL-Paths", path),
            ("URL-Expires", expires), ("URL-Signature", Domain.UrlSignature.Of(PolicedService.Key, [path], ["GET", "POST"], "p1", expires)),
        ];
        using var bearer = new HttpClient { BaseAddress = service.Address };

        (await bearer.Get(path, headers)).ShouldBe(403, "Not authorized");
        (await bearer.Ask("POST", path, """{"messages": [{"body": 1}]}""", headers: headers)).Status.Should().Be(201, "that is open to anyone");
        (await bearer.Get(path, headers[..3])).Status.Should().Be(200, "without a signature the roles count");
    }

    [Fact]
    public async Task an_invalid_change_is_kept_out_and_told_of_once_and_a_good_one_after_it_is_taken()
    {
        await Take(OnlyWriters);
        var before = Errors().Count();

        await File.WriteAllTextAsync(service.PolicyPath, "\"queues:create\": \"role:nobody or\"\n");
        await Eventually.Is(() => Errors().Count() > before, "the invalid file is told of");

        Errors().Last().Should().Contain(service.PolicyPath).And.Contain("line 1, rule \"queues:create\"");
        (await _client.Put("/v2/queues/kept")).ShouldBe(403, "Not authorized");
        (await Create("writer", "kept")).ShouldBeEmpty(201);
        (await _client.Get("/healthz/ready")).Status.Should().Be(200);

        await Take("\"queues:create\": \"\"\n", status: 201);
        Errors().Count().Should().Be(before + 1);
    }

    [Fact]
    public async Task a_file_that_vanishes_leaves_its_rules_in_force()
    {
        await Take(OnlyWriters);
        var before = Errors().Count();

        File.Delete(service.PolicyPath);
        await Eventually.Is(() => Errors().Count() > before, "the missing file is told of");

        (await _client.Put("/v2/queues/vanished")).ShouldBe(403, "Not authorized");
        await Take(OnlyWriters);
    }

    [Fact]
    public async Task a_link_that_is_turned_to_another_file_is_followed()
    {
        await Take(OnlyWriters);
        var (target, link) = (service.PolicyPath + ".next", service.PolicyPath + ".link");
        await File.WriteAllTextAsync(target, "\"queues:create\": \"role:other\"\n");

        File.CreateSymbolicLink(link, target);
        File.Move(link, service.PolicyPath, overwrite: true);

        await Eventually.Holds(() => Create("other", $"q-{Guid.NewGuid():N}"), answer => answer.Status == 201, "the other file's rule is in force");
    }

    [Theory]
    [InlineData("\"queues:get\": \"rule:nowhere\"", "line 1, rule \"queues:get\"*nowhere"), InlineData("queues:get: '@", "YAML"), InlineData("", "empty")]
    public async Task an_invalid_file_keeps_a_node_from_starting(string yaml, string named)
    {
        await using var node = new OtherService(yaml);

        await FluentActions.Awaiting(node.InitializeAsync).Should().ThrowAsync<SettingInvalidException>().WithMessage($"*{node.PolicyPath}*{named}*");
    }

    [Fact]
    public async Task a_file_that_is_named_has_to_be_there()
    {
        await using var node = new OtherService(null);

        await FluentActions.Awaiting(node.InitializeAsync).Should().ThrowAsync<SettingInvalidException>().WithMessage("Zaqar:Policy:File names *");
    }

    private IEnumerable<string> Errors() => service.Log.Of("PolicyFile", LogLevel.Error);

    private Task<Answer> Create(string roles, string queue = "q") => _client.Ask("PUT", $"/v2/queues/{queue}", headers: ("X-Roles", roles));

    /// <summary>Writes the file and waits until a caller without roles meets what it says about making queues.</summary>
    private async Task Take(string yaml, int status = 403)
    {
        // Turned into place whole, as the documentation advises; with a line of its own, so that it is never the same file again.
        var whole = service.PolicyPath + ".new";
        var mark = Guid.NewGuid().ToString("N");
        await File.WriteAllTextAsync(whole, $"{yaml}\"mark\": \"role:{mark}\"\n\"topics:create\": \"rule:mark\"\n");
        File.Move(whole, service.PolicyPath, overwrite: true);
        var policy = service.Services.GetRequiredService<Api.Requests.Policy>();
        await Eventually.Is(
            () => policy.Allows("topics:create", new("p", null, [mark])) && !policy.Allows("topics:create", new("p", null, [])), "the new file is in force");
        (await _client.Put($"/v2/queues/q-{mark}")).Status.Should().Be(status);
    }

    public class PolicedService : ZaqarService
    {
        public const string Key = "a key of this test's own";

        private readonly string _directory = Directory.CreateDirectory(TestDirectory.New()).FullName;

        public PolicedService() => File.WriteAllText(PolicyPath, OnlyWriters);

        public string PolicyPath => Path.Combine(_directory, "rules.yaml");

        internal HeardLog Log { get; } = new();

        protected override IReadOnlyList<string> Settings => [$"--Zaqar:Policy:File={PolicyPath}", $"--Zaqar:SignedUrl:SecretKey={Key}"];

        protected override void Configure(IServiceCollection services) => services.AddSingleton<ILoggerProvider>(Log);
    }

    private sealed class OtherService : PolicedService, IAsyncDisposable
    {
        public OtherService(string? yaml)
        {
            File.Delete(PolicyPath);
            if (yaml is not null)
                File.WriteAllText(PolicyPath, yaml);
        }

        async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();
    }
}
