using MediatR;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Queues;

/// <summary>Lists a project's queues by name, ascending.</summary>
/// <param name="Marker">Only names after this one; null from the start.</param>
/// <param name="Limit">1 to <see cref="Domain.Limits.MaxQueuesPerPage"/>, checked at the edge.</param>
/// <param name="NameContains">Literal, case-sensitive; null for all.</param>
/// <param name="Metadata">Keys that must equal values; all of them.</param>
public sealed record ListQueues(
    string Project, string? Marker, int Limit, string? NameContains,
    IReadOnlyList<KeyValuePair<string, string>> Metadata, bool WithCount) : IRequest<QueuePage>;

/// <summary>A page of queues.</summary>
/// <param name="Count">All queues of the project, filters ignored; 0 unless asked for.</param>
public sealed record QueuePage(IReadOnlyList<QueueView> Queues, long Count);

/// <summary>A queue as a listing shows it.</summary>
/// <param name="Metadata">Stored metadata, without defaults.</param>
public sealed record QueueView(string Name, QueueMetadata Metadata);

internal sealed class ListQueuesHandler(ReadDatabase database) : IRequestHandler<ListQueues, QueuePage>
{
    // Metadata filters are judged here and not in SQL, where jsonb would refuse documents that we accept; so rows come in strides.
    private const int Stride = 500;

    public async Task<QueuePage> Handle(ListQueues query, CancellationToken cancellationToken)
    {
        var found = new List<QueueView>(query.Limit);
        var marker = query.Marker ?? "";
        var stride = query.Metadata.Count == 0 ? query.Limit : Stride;
        while (true)
        {
            var rows = await Page(query, marker, stride, cancellationToken);
            foreach (var row in rows)
                if (found.Count < query.Limit && query.Metadata.All(filter => row.Metadata.Has(filter.Key, filter.Value)))
                    found.Add(row);

            if (found.Count >= query.Limit || rows.Count < stride)
                break;
            marker = rows[^1].Name;
        }

        return new(found, query.WithCount ? await Count(query.Project, cancellationToken) : 0);
    }

    private Task<List<QueueView>> Page(ListQueues query, string marker, int stride, CancellationToken ct)
    {
        var command = database.CreateCommand(
            """
            select name, metadata from queue
            where project = $1 and not deleted and name > $2 and ($3 = '' or position($3 in name) > 0)
            order by name limit $4
            """);
        command.Parameters.Add(new() { Value = query.Project });
        command.Parameters.Add(new() { Value = marker });
        command.Parameters.Add(new() { Value = query.NameContains ?? "" });
        command.Parameters.Add(new() { Value = stride });

        return database.Read(command, async reader =>
        {
            var rows = new List<QueueView>(stride);
            while (await reader.ReadAsync())
                rows.Add(new(reader.GetString(0), QueueMetadata.Parse(reader.GetString(1))));

            return rows;
        }, ct);
    }

    private async Task<long> Count(string project, CancellationToken ct)
    {
        var command = database.CreateCommand("select count(*) from queue where project = $1 and not deleted");
        command.Parameters.Add(new() { Value = project });
        return (long)(await database.Scalar(command, ct))!;
    }
}
