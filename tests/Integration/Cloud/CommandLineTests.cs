using System.Diagnostics;
using FluentAssertions;
using Xunit;
using Zaqar.Integration.Clients;

namespace Zaqar.Integration.Cloud;

/// <summary>Unmodified clients of a cloud, which know Keystone's address and nothing of the service; what they do and expect is in the scripts.</summary>
[Collection(RealCloud.Name)]
public sealed class CommandLineTests(RealCloud cloud)
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    [CloudFact]
    public Task the_command_line_pings_and_reads_the_home_document_and_the_health() => CommandLine("documents");

    [CloudFact]
    public Task the_command_line_creates_lists_describes_and_deletes_queues() => CommandLine("queues");

    [CloudFact]
    public Task the_command_line_posts_and_lists_messages() => CommandLine("messages");

    [CloudFact]
    public Task the_command_line_claims_renews_and_releases() => CommandLine("claims");

    [CloudFact]
    public Task the_command_line_subscribes_lists_updates_and_unsubscribes() => CommandLine("subscriptions");

    [CloudFact]
    public Task the_command_line_makes_a_signed_url_that_opens_what_it_says() => CommandLine("signed_urls");

    [CloudFact]
    public Task the_command_line_creates_shows_updates_lists_and_deletes_pools() => CommandLine("pools");

    [CloudFact]
    public Task the_command_line_creates_shows_updates_lists_and_deletes_flavors() => CommandLine("flavors");

    [CloudFact]
    public Task the_command_line_is_refused_what_is_for_administrators() => CommandLine("refusals", "member");

    [CloudFact]
    public Task openstacksdk_uses_queues_and_messages() => PythonSession.Run("Cloud/sdk.py", ["queues_and_messages"], Environment("member"));

    [CloudFact]
    public Task openstacksdk_uses_claims() => PythonSession.Run("Cloud/sdk.py", ["claims"], Environment("member"));

    [CloudFact]
    public Task openstacksdk_uses_subscriptions() => PythonSession.Run("Cloud/sdk.py", ["subscriptions"], Environment("member"));

    [CloudFact]
    public async Task the_executable_itself_works()
    {
        var start = new ProcessStartInfo("openstack", ["messaging", "ping", "-f", "value"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Environment("reader"))
            start.Environment[name] = value;
        using var openstack = Process.Start(start)!;

        var output = await Task.WhenAll(openstack.StandardOutput.ReadToEndAsync(), openstack.StandardError.ReadToEndAsync()).WaitAsync(_limit);

        output[0].Should().Be("True\n", output[1]);
    }

    // One process runs many commands, for each that starts takes seconds.
    private Task CommandLine(string part, string user = "admin") => PythonSession.Run("Cloud/command_line.py", [part], Environment(user));

    private Dictionary<string, string> Environment(string user) => new()
    {
        ["POOL_URI"] = cloud.Service.PoolUri,
        ["OS_AUTH_URL"] = cloud.Accounts.Url.OriginalString,
        ["OS_USERNAME"] = user,
        ["OS_PASSWORD"] = cloud.Accounts.Password,
        ["OS_PROJECT_NAME"] = "demo",
        ["OS_USER_DOMAIN_ID"] = "default",
        ["OS_PROJECT_DOMAIN_ID"] = "default",
        ["OS_REGION_NAME"] = "RegionOne",
        ["OS_IDENTITY_API_VERSION"] = "3",
    };
}
