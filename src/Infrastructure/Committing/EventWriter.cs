using Marten;
using Npgsql;
using NpgsqlTypes;
using Zaqar.Application;
using Zaqar.Domain.Messages;
using Zaqar.Infrastructure.Schema;

namespace Zaqar.Infrastructure.Committing;

/// <summary>
/// Appends the events of a batch to Marten's streams, in the rows that a session of Marten would write: all streams in one statement, all
/// events in another. The fence between nodes is the version of the stream; behind it stands the unique key of events.
/// </summary>
/// <remarks>
/// Marten's own function is called once a stream and inserts an event at a time; that was a third of PostgreSQL's work for a batch.
/// Measured in ADR 0009. A test reads these events back through Marten and compares their rows with those of a session.
/// </remarks>
internal sealed class EventWriter(IDocumentStore store)
{
    // A binary event has an empty document beside its bytes.
    private const string NoDocument = "{}";

    private static readonly BinaryMessagePosted _binary = new();
    private static readonly Dictionary<Type, (string Name, string Type)> _types = EventStore.EventNames.ToDictionary(
        named => named.Key, named => (named.Value, $"{named.Key.FullName}, {named.Key.Assembly.GetName().Name}"));

    private readonly ISerializer _serializer = store.Options.Serializer();

    /// <summary>Adds what moves the streams on, each from the version it was read at, and makes the new ones. Comes before everything else.</summary>
    /// <param name="appends">Ordered alike on every node, so that nodes never wait for each other in a circle.</param>
    internal static void MoveStreams(NpgsqlBatch batch, IReadOnlyCollection<Batch.Append> appends)
    {
        Move(batch, [.. appends.Where(append => append.From > 0)]);
        Open(batch, [.. appends.Where(append => append.From == 0)]);
    }

    /// <summary>
    /// Adds what inserts the events. Comes last: the relay reads in the order of their sequence, and waits a while for a number that was
    /// taken and is not there yet, so none is taken before it is all but certain to be committed.
    /// </summary>
    /// <param name="now">The batch's time, which the ids of its events carry.</param>
    internal void InsertEvents(NpgsqlBatch batch, IReadOnlyCollection<Batch.Append> appends, DateTimeOffset now)
    {
        var events = new Events(appends.Sum(append => append.Events.Count));
        foreach (var append in appends)
            for (var i = 0; i < append.Events.Count; i++)
                events.Add(append, append.From + i + 1, append.Events[i], now, _serializer);

        batch.BatchCommands.Add(events.ToCommand());
    }

    /// <summary>
    /// Adds what marks new streams of queues with subscribers for the relay. Comes after everything else: whoever subscribes waits for the row
    /// of the queue's stream, which is taken by now, so either its subscription is seen here, or it sees these streams.
    /// </summary>
    internal static void MarkNewStreams(NpgsqlBatch batch, IEnumerable<Batch.Append> appends)
    {
        var opened = appends.Where(append => append.From == 0).ToArray();
        if (opened.Length > 0)
            batch.BatchCommands.Add(new(
                $"""
                update mt_streams s set type = '{Relayed.Name}' from unnest($1, $2, $3) as w(tenant, key, queue)
                where s.tenant_id = w.tenant and s.id = w.key
                    and exists (select from subscription u where u.project = w.tenant and u.queue = w.queue)
                """)
            {
                Parameters =
                {
                    Column(opened, append => append.Queue.Project), Column(opened, append => append.Stream),
                    Column(opened, append => append.Queue.Name),
                },
            });
    }

    // Takes the rows of the streams, one node at a time. Whoever comes second finds another version, and divides by zero: an error that
    // ends the batch before it takes any numbers for its events. So does whoever finds no row at all: a queue that has left takes its streams along,
    // and another node may remember it. The deletion deletes nothing; a select would return rows in the middle of a batch of writes.
    private static void Move(NpgsqlBatch batch, Batch.Append[] appends)
    {
        if (appends.Length > 0)
            batch.BatchCommands.Add(new(
                """
                with moved as (
                    update mt_streams s set version = m.after / (s.version = m.before)::int, timestamp = now()
                    from unnest($1, $2, $3, $4) as m(tenant, key, before, after) where s.tenant_id = m.tenant and s.id = m.key
                    returning 1
                )
                delete from grave where 1 / ((select count(*) from moved) = cardinality($1))::int = 0
                """)
            {
                Parameters =
                {
                    Column(appends, append => append.Queue.Project), Column(appends, append => append.Stream),
                    Column(appends, append => append.From), Column(appends, append => append.From + append.Events.Count),
                },
            });
    }

    private static void Open(NpgsqlBatch batch, Batch.Append[] appends)
    {
        if (appends.Length > 0)
            batch.BatchCommands.Add(new(
                """
                insert into mt_streams (tenant_id, id, version, timestamp)
                select tenant, key, version, now() from unnest($1, $2, $3) as w(tenant, key, version)
                """)
            {
                Parameters =
                {
                    Column(appends, append => append.Queue.Project), Column(appends, append => append.Stream),
                    Column(appends, append => (long)append.Events.Count),
                },
            });
    }

    private static NpgsqlParameter<TColumn[]> Column<TColumn>(Batch.Append[] appends, Func<Batch.Append, TColumn> column) =>
        new() { TypedValue = Array.ConvertAll(appends, append => column(append)) };

    private sealed class Events(int count)
    {
        private readonly Guid[] _ids = new Guid[count];
        private readonly string[] _tenants = new string[count];
        private readonly string[] _streams = new string[count];
        private readonly long[] _versions = new long[count];
        private readonly string[] _names = new string[count];
        private readonly string[] _types = new string[count];
        private readonly string[] _documents = new string[count];
        private readonly byte[]?[] _binaries = new byte[]?[count];
        private int _count;

        public void Add(Batch.Append append, long version, object @event, DateTimeOffset now, ISerializer serializer)
        {
            var i = _count++;
            _ids[i] = Guid.CreateVersion7(now);
            (_tenants[i], _streams[i], _versions[i]) = (append.Queue.Project, append.Stream, version);
            (_names[i], _types[i]) = EventWriter._types[@event.GetType()];
            if (@event is MessagePosted)
                (_documents[i], _binaries[i]) = (NoDocument, _binary.Serialize(typeof(MessagePosted), @event));
            else
                _documents[i] = serializer.ToJson(@event);
        }

        public NpgsqlBatchCommand ToCommand() => new(
            """
            insert into mt_events (seq_id, id, stream_id, version, data, bdata, type, tenant_id, timestamp, mt_dotnet_type, is_archived)
            select nextval('mt_events_sequence'), id, stream, version, document, bytes, name, tenant, now(), type, false
            from unnest($1, $2, $3, $4, $5, $6, $7, $8) as e(id, tenant, stream, version, name, type, document, bytes)
            """)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid[]> { TypedValue = _ids },
                new NpgsqlParameter<string[]> { TypedValue = _tenants },
                new NpgsqlParameter<string[]> { TypedValue = _streams },
                new NpgsqlParameter<long[]> { TypedValue = _versions },
                new NpgsqlParameter<string[]> { TypedValue = _names },
                new NpgsqlParameter<string[]> { TypedValue = _types },
                new NpgsqlParameter<string[]> { TypedValue = _documents, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb },
                new NpgsqlParameter<byte[]?[]> { TypedValue = _binaries, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
            },
        };
    }
}
