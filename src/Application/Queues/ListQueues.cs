using MediatR;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Queues;

/// <summary>Lists a project's queues by name, ascending, or its topics.</summary>
/// <param name="Topics">Whether topics are meant, and not queues.</param>
/// <param name="Marker">Only names after this one; null from the start.</param>
/// <param name="Limit">1 to <see cref="Domain.Limits.MaxQueuesPerPage"/>, checked at the edge.</param>
/// <param name="NameContains">Literal, case-sensitive; null for all.</param>
/// <param name="Metadata">Keys that must equal values; all of them.</param>
public sealed record ListQueues(
    string Project, bool Topics, string? Marker, int Limit, string? NameContains,
    IReadOnlyList<KeyValuePair<string, string>> Metadata, bool WithCount) : IRequest<QueuePage>;

/// <summary>A page of queues.</summary>
/// <param name="Count">All of the project's, filters ignored; 0 unless asked for.</param>
public sealed record QueuePage(IReadOnlyList<QueueView> Queues, long Count);

/// <summary>A queue as a listing shows it.</summary>
/// <param name="Metadata">Stored metadata, without defaults.</param>
public sealed record QueueView(QueueId Queue, QueueMetadata Metadata);

internal sealed class ListQueuesHandler(ReadDatabase database) : IRequestHandler<ListQueues, QueuePage>
{
    // Metadata filters are judged here and not in SQL, where jsonb would refuse documents that we accept; so rows come in strides.
    private const int Stride = 500;

    public async Task<QueuePage> Handle(ListQueues query, CancellationToken cancellationToken)
    {
        var found = new List<QueueView>(query.Limit);
        var (start, end) = query.Topics ? (QueueId.EndOfQueues, QueueId.EndOfTopics) : ("", QueueId.EndOfQueues);
        var after = start + query.Marker;
        var stride = query.Metadata.Count == 0 ? query.Limit : Stride;
        while (true)
        {
            var rows = await Page(query, after, end, stride, cancellationToken);
            foreach (var row in rows)
                if (found.Count < query.Limit && query.Metadata.All(filter => row.Metadata.Has(filter.Key, filter.Value)))
                    found.Add(row);

            if (found.Count >= query.Limit || rows.Count < stride)
                break;
            after = rows[^1].Queue.Name;
        }

        return new(found, query.WithCount ? await Count(query.Project, start, end, cancellationToken) : 0);
    }

    private Task<List<QueueView>> Page(ListQueues query, string after, string end, int stride, CancellationToken ct)
    {
        var command = database.CreateCommand(
            """
            select name, metadata from queue
            where project = $1 and not deleted and name > $2 and name < $3 and ($4 = '' or position($4 in ltrim(name, '~')) > 0)
            order by name limit $5
            """);
        command.Parameters.Add(new() { Value = query.Project });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = end });
        command.Parameters.Add(new() { Value = query.NameContains ?? "" });
        command.Parameters.Add(new() { Value = stride });

        return database.Read(command, async reader =>
        {
            var rows = new List<QueueView>(stride);
            while (await reader.ReadAsync())
                rows.Add(new(new(query.Project, reader.GetString(0)), QueueMetadata.Parse(reader.GetString(1))));

            return rows;
        }, ct);
    }

    private async Task<long> Count(string project, string start, string end, CancellationToken ct)
    {
        var command = database.CreateCommand("select count(*) from queue where project = $1 and not deleted and name > $2 and name < $3");
        command.Parameters.Add(new() { Value = project });
        command.Parameters.Add(new() { Value = start });
        command.Parameters.Add(new() { Value = end });
        return (long)(await database.Scalar(command, ct))!;
    }
}
