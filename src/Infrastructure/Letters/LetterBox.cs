using Npgsql;
using Zaqar.Application;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Letters;

/// <summary>The letters that wait in this database to be carried to others, and those it remembers to have received.</summary>
/// <remarks>
/// Letters to one queue stand in a line. Those of one queue stand in it in the order of its decisions: their places are taken in the
/// transaction of each, behind the row of its stream.
/// </remarks>
internal sealed class LetterBox(NpgsqlDataSource database, DatabaseClock clock) : IDisposable
{
    private const int RowsAtOnce = 5_000;

    private readonly SemaphoreSlim _written = new(0);

    /// <summary>Takes one statement, its parameters numbered <c>$1, $2, ...</c>.</summary>
    internal delegate void Statement(string sql, object[] parameters);

    /// <summary>Gives the statements that write letters, in the transaction in which their messages leave.</summary>
    internal static void Write(IReadOnlyList<(QueueId From, Letter Letter)> letters, DateTimeOffset now, Statement write)
    {
        if (letters.Count == 0)
            return;

        write(
            """
            insert into letter (id, project, source, target, ttl, client, user_id, request, transport, bytes, sent_at)
            select *, $11 from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            [
                Column(letters, row => row.Letter.Id), Column(letters, row => row.From.Project),
                Column(letters, row => row.Letter.Content.From), Column(letters, row => row.Letter.Content.To),
                Column(letters, row => row.Letter.Content.Ttl), Column(letters, row => row.Letter.By.ClientId),
                Column(letters, row => row.Letter.By.User!), Column(letters, row => row.Letter.By.RequestId),
                Column(letters, row => row.Letter.By.Transport),
                Column(letters, row => row.Letter.Content.Messages.Sum(message => (long)message.Body.Length)), now,
            ]);

        (Guid Letter, KnownMessage Message)[] messages =
            [.. letters.SelectMany(row => row.Letter.Content.Messages.Select(message => (row.Letter.Id, message)))];
        write(
            """
            insert into letter_message (letter, number, id, posted_at, expires_at, ttl, claim_count, client, checksum, body)
            select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            [
                Column(messages, row => row.Letter), Column(messages, row => row.Message.Number), Column(messages, row => row.Message.Id.Value),
                Column(messages, row => row.Message.PostedAt), Column(messages, row => row.Message.ExpiresAt),
                Column(messages, row => row.Message.Ttl), Column(messages, row => row.Message.ClaimCount),
                Column(messages, row => row.Message.Client!), Column(messages, row => row.Message.Checksum!),
                Column(messages, row => row.Message.Body.ToArray()),
            ]);
    }

    /// <summary>Says that letters were written.</summary>
    public void Wake()
    {
        if (_written.CurrentCount == 0)
            _written.Release();
    }

    /// <summary>Waits for letters of this node, for a while.</summary>
    public Task Wait(TimeSpan atMost, CancellationToken ct) => _written.WaitAsync(atMost, ct);

    /// <summary>Queues that letters wait for, in the order of their names.</summary>
    /// <param name="after">Where to go on; the default from the start.</param>
    public async Task<IReadOnlyList<QueueId>> Targets(QueueId after, int count, CancellationToken ct)
    {
        // From one queue's first letter to the next one's, however many letters each has.
        await using var command = database.CreateCommand(
            """
            with recursive line as (
                (select project, target from letter where (project, target) > ($1, $2) order by project, target limit 1)
                union all
                select n.* from line l cross join lateral (
                    select project, target from letter where (project, target) > (l.project, l.target) order by project, target limit 1) n)
            select project, target from line limit $3
            """);
        command.Parameters.Add(new() { Value = after.Project ?? "" });
        command.Parameters.Add(new() { Value = after.Name ?? "" });
        command.Parameters.Add(new() { Value = count });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var targets = new List<QueueId>();
        while (await reader.ReadAsync(ct))
            targets.Add(new(reader.GetString(0), reader.GetString(1)));
        return targets;
    }

    /// <summary>The first letters in the line to a queue: one, and more as long as their bodies are no more than so many bytes.</summary>
    public async Task<IReadOnlyList<Letter>> First(QueueId target, int count, long bytes, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            select l.id, l.source, l.ttl, l.client, l.user_id, l.request, l.transport,
                m.number, m.id, m.body, m.ttl, m.posted_at, m.expires_at, m.claim_count, m.checksum, m.client
            from (
                    select *, row_number() over line as n, sum(bytes) over line as total
                    from (select * from letter where project = $1 and target = $2 order by position limit $3) l
                    window line as (order by position)) l
                cross join lateral (select * from letter_message m where m.letter = l.id offset 0) m
            where l.n = 1 or l.total <= $4
            order by l.position, m.number
            """);
        command.Parameters.Add(new() { Value = target.Project });
        command.Parameters.Add(new() { Value = target.Name });
        command.Parameters.Add(new() { Value = count });
        command.Parameters.Add(new() { Value = bytes });
        await using var row = await command.ExecuteReaderAsync(ct);
        var (letters, messages) = (new List<Letter>(), new List<KnownMessage>());
        while (await row.ReadAsync(ct))
        {
            var id = row.GetGuid(0);
            if (letters.Count == 0 || letters[^1].Id != id)
                letters.Add(new(id, new(row.GetString(1), target.Name, row.IsDBNull(2) ? null : row.GetInt64(2), messages = []),
                    new(row.GetString(3), TextOf(row, 4), row.GetString(5), row.GetString(6))));

            var postedAt = row.GetFieldValue<DateTimeOffset>(11);
            messages.Add(new(row.GetInt64(7), new(row.GetGuid(8)), row.GetFieldValue<byte[]>(9), row.GetInt64(10), postedAt, postedAt,
                row.GetFieldValue<DateTimeOffset>(12), row.GetInt32(13), TextOf(row, 14)) { Client = TextOf(row, 15) });
        }

        return letters;
    }

    /// <summary>Whether any wait.</summary>
    public async Task<bool> HasAny(CancellationToken ct)
    {
        await using var command = database.CreateCommand("select exists (select from letter)");
        return await command.ExecuteScalarAsync(ct) is true;
    }

    /// <summary>Throws letters away that have arrived.</summary>
    public async Task Remove(Guid[] letters, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            "with arrived as (delete from letter where id = any($1)) delete from letter_message where letter = any($1)");
        command.Parameters.Add(new() { Value = letters });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Forgets letters that were received long ago.</summary>
    /// <returns>Whether there may be more.</returns>
    public async Task<bool> Forget(TimeSpan age, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            delete from letter_received where letter = any(array(
                select letter from letter_received where at < statement_timestamp() + $1 - $2 order by at limit $3))
            """);
        command.Parameters.Add(new() { Value = clock.Ahead });
        command.Parameters.Add(new() { Value = age });
        command.Parameters.Add(new() { Value = RowsAtOnce });
        return await command.ExecuteNonQueryAsync(ct) == RowsAtOnce;
    }

    public void Dispose() => _written.Dispose();

    private static string? TextOf(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static TColumn[] Column<TRow, TColumn>(IReadOnlyList<TRow> rows, Func<TRow, TColumn> column)
    {
        var values = new TColumn[rows.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = column(rows[i]);
        return values;
    }
}
