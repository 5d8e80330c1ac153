using Xunit;

namespace Zaqar.Integration.Clients;

/// <summary>An unmodified python-zaqarclient against the service; what it does and expects is in <c>session.py</c>.</summary>
public sealed class PythonClientTests(PythonClientTests.AdminService service) : IClassFixture<PythonClientTests.AdminService>
{
    [PythonClientFact]
    public Task it_pings_and_reads_the_home_document() => Session("documents");

    [PythonClientFact]
    public Task it_reads_the_health_as_an_administrator_only() => Session("health");

    [PythonClientFact]
    public Task it_creates_finds_lists_and_deletes_queues() => Session("queues");

    [PythonClientFact]
    public Task it_sets_replaces_and_clears_metadata() => Session("metadata");

    [PythonClientFact]
    public Task it_posts_lists_and_gets_messages() => Session("messages");

    [PythonClientFact]
    public Task it_gets_back_every_body_as_it_was() => Session("bodies");

    [PythonClientFact]
    public Task it_streams_over_pages_of_queues_and_messages() => Session("paging");

    [PythonClientFact]
    public Task it_claims_renews_and_releases() => Session("claims");

    [PythonClientFact]
    public Task it_deletes_messages_with_and_without_a_claim() => Session("deleting");

    [PythonClientFact]
    public Task it_pops_purges_and_counts() => Session("pop_purge_and_stats");

    [PythonClientFact]
    public Task it_subscribes_lists_updates_and_unsubscribes() => Session("subscriptions");

    [PythonClientFact]
    public Task it_understands_refusals() => Session("refusals");

    [PythonClientFact]
    public Task it_shares_a_queue_and_uses_what_is_shared() => Session("sharing");

    [PythonClientFact]
    public Task it_is_told_what_is_not_offered() => Session("not_offered");

    /// <summary>Runs one part of the session in a project of its own.</summary>
    private Task Session(string part) => PythonSession.Run("Clients/session.py", [service.Address.ToString(), $"project-{Guid.NewGuid():N}", part]);

    public sealed class AdminService : ZaqarService
    {
        protected override IReadOnlyList<string> Settings => ["--Zaqar:AdminMode=true", "--Zaqar:SignedUrl:SecretKey=a key of this test's own"];
    }
}
