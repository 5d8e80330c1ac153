using Microsoft.Extensions.DependencyInjection;
using Zaqar.Application.Committing;
using Zaqar.Integration.Postgres;

namespace Zaqar.Integration.Letters;

/// <summary>A service over a database of its own, in which the queues live whose names begin with its letter.</summary>
internal sealed class LetterDatabase(string prefix) : ZaqarService
{
    private ICommitter? _committer;

    /// <summary>Settings of keys, of the nodes that are started from now on.</summary>
    public IReadOnlyList<string> Keys { get; set; } = [];

    /// <summary>Where this service's dead letters go.</summary>
    public PrefixRoute Route { get; } = new(prefix);

    /// <summary>Its first node's committer; of a service that was stopped, one that has gone down.</summary>
    public ICommitter Committer => _committer!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _committer = Services.GetRequiredService<ICommitter>();
    }

    /// <summary>Starts its first node again.</summary>
    public async Task Restart()
    {
        await StartNode();
        _committer = Services.GetRequiredService<ICommitter>();
    }

    /// <summary>How many letters wait here.</summary>
    public Task<long> Waiting() => Count("select count(*) from letter");

    public async Task<long> Count(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>A queue's messages, all that a dead letter keeps of each, in their order.</summary>
    public async Task<IReadOnlyList<string>> Rows(string queue)
    {
        await using var command = Database.CreateCommand(
            """
            select (m.id, convert_from(m.body, 'utf8'), m.claim_count, m.client, m.checksum, m.posted_at)::text
            from message m join queue q on q.id = m.queue_id where q.name = $1 and not q.deleted order by m.number
            """);
        command.Parameters.Add(new() { Value = queue });
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }

    protected override IReadOnlyList<string> Settings => ["--Zaqar:EnableChecksum=true", .. Keys];

    protected override Task<string> ConnectionString() => TestDatabase.NewDatabase();

    protected override void Configure(IServiceCollection services) => services.AddSingleton<ILetterRoute>(Route);
}
