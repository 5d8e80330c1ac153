using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Projections;
using Zaqar.Application;
using Zaqar.Application.Waiting;
using Zaqar.Domain.Catalogue;
using Zaqar.Domain.Pools;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Pools;

/// <summary>Builds the catalogue, and tells all nodes what has changed in it. Inline while the service runs; Marten replays history through it to rebuild.</summary>
internal sealed class CatalogueProjection : ProjectionBase, IProjection
{
    /// <summary>What Marten calls it; part of the stored progress, never changed.</summary>
    internal const string StoredName = "catalogue";

    /// <summary>What it writes.</summary>
    internal const string Table = "placement";

    public CatalogueProjection()
    {
        IncludeType<QueuePlaced>();
        IncludeType<QueueMoveStarted>();
        IncludeType<QueueMoveSwitched>();
        IncludeType<QueueMoveFailed>();
        IncludeType<QueueMoveEnded>();
        IncludeType<PoolCreated>();
        IncludeType<PoolChanged>();
        IncludeType<PoolDeleted>();
    }

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var @event in events)
        {
            if (@event.Data is IPoolEvent pool)
            {
                // The names that were in it are in none.
                if (pool is PoolDeleted)
                    operations.QueueSqlCommand("delete from placement where pool = ?", pool.Name);
                operations.QueueSqlCommand("call announce_catalogue(?)", CatalogueMemory.Pools);
                continue;
            }

            if (!StreamKey.TryReadPlacement(@event.StreamKey!, out var name))
                continue;

            var queue = new QueueId(@event.TenantId, name);
            switch (@event.Data)
            {
                case QueuePlaced placed:
                    operations.QueueSqlCommand(
                        """
                        insert into placement (project, queue, pool) values (?, ?, ?)
                        on conflict (project, queue) do update set pool = excluded.pool
                        """, queue.Project, queue.Name, placed.Pool);
                    break;
                case QueueMoveStarted started:
                    operations.QueueSqlCommand(
                        """
                        insert into placement (project, queue, pool, move, moving_from, moving_to, move_started, state) values (?, ?, ?, ?, ?, ?, ?, 'moving')
                        on conflict (project, queue) do update set move = excluded.move, moving_from = excluded.moving_from,
                            moving_to = excluded.moving_to, move_started = excluded.move_started, state = 'moving', failure = null
                        """, queue.Project, queue.Name, started.From, started.Move, started.From, started.To, started.At);
                    break;
                case QueueMoveSwitched switched:
                    operations.QueueSqlCommand("update placement set pool = ?, state = 'switched' where project = ? and queue = ? and move = ?",
                        switched.To, queue.Project, queue.Name, switched.Move);
                    break;
                case QueueMoveFailed failed:
                    operations.QueueSqlCommand("update placement set failure = ?, state = 'failing' where project = ? and queue = ? and move = ?",
                        failed.Reason, queue.Project, queue.Name, failed.Move);
                    break;
                case QueueMoveEnded ended:
                    operations.QueueSqlCommand(
                        """
                        update placement set state = case state when 'failing' then 'failed' end, move = case state when 'failing' then move end,
                            moving_from = case state when 'failing' then moving_from end, moving_to = case state when 'failing' then moving_to end,
                            move_started = case state when 'failing' then move_started end
                        where project = ? and queue = ? and move = ?
                        """, queue.Project, queue.Name, ended.Move);
                    break;
            }

            operations.QueueSqlCommand("call announce_catalogue(?)", QueueSignals.KeyOf(queue).ToString("N"));
        }

        return Task.CompletedTask;
    }
}
