using FluentAssertions;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Zaqar.Integration.Committing;

/// <summary>The committer writes Marten's tables itself. What it writes must be what Marten would have written, and readable by it.</summary>
public sealed class StoredEventsTests(ZaqarService service) : IClassFixture<ZaqarService>
{
    private const string Rows =
        """
        select version, type, mt_dotnet_type, data::text, bdata, is_archived, tenant_id
        from mt_events where tenant_id = $1 and stream_id = $2 order by seq_id
        """;

    private const string Stream =
        "select version, type, is_archived, compacted_version from mt_streams where tenant_id = $1 and id = $2";

    [Fact]
    public async Task are_the_rows_that_a_session_of_Marten_writes()
    {
        var (queue, project) = (Messaging.NewQueue(), $"project-{Guid.NewGuid():N}");
        using var client = service.Client(project);
        await client.Post(queue, "first", "second");
        var claim = (await client.Claim(queue, limit: 1))!;
        await client.Delete(claim.Messages[0]);
        var stream = $"queue/{queue}/1/1";

        var store = service.Services.GetRequiredService<IDocumentStore>();
        await using (var session = store.LightweightSession(project))
        {
            var events = await session.Events.FetchStreamAsync(stream);
            events.Select(@event => @event.EventTypeName).Should().Equal(
                "queue_created", "message_posted", "message_posted", "message_claimed", "message_deleted");
            events.Select(@event => @event.Id).Should().OnlyHaveUniqueItems().And.NotContain(Guid.Empty);
            session.Events.Append("copy", events.Select(@event => @event.Data));
            await session.SaveChangesAsync();
        }

        (await Read(Rows, project, stream)).Should().BeEquivalentTo(await Read(Rows, project, "copy"), options => options.WithStrictOrdering());
        (await Read(Stream, project, stream)).Should().BeEquivalentTo(await Read(Stream, project, "copy"));
    }

    [Fact]
    public async Task carry_the_time_at_which_they_were_committed()
    {
        var (queue, project) = (Messaging.NewQueue(), $"project-{Guid.NewGuid():N}");
        using var client = service.Client(project);
        await client.Post(queue, "first");

        var ages = await Read(
            "select extract(epoch from now() - timestamp)::float8 from mt_events where tenant_id = $1 and stream_id = $2",
            project, $"queue/{queue}/1/1");

        ages.Should().NotBeEmpty().And.OnlyContain(age => (double)age[0] >= 0 && (double)age[0] < 60);
    }

    private async Task<List<object[]>> Read(string sql, string project, string stream)
    {
        await using var command = service.Database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = project });
        command.Parameters.Add(new() { Value = stream });
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<object[]>();
        while (await reader.ReadAsync())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }
}
