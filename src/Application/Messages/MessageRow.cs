using Npgsql;

namespace Zaqar.Application.Messages;

/// <summary>Reads the columns <c>now, number, id, ttl, posted_at, claim_count, checksum, body, claim id</c> as a view.</summary>
internal static class MessageRow
{
    internal static MessageView Read(NpgsqlDataReader row, int at)
    {
        var age = row.GetFieldValue<DateTimeOffset>(at) - row.GetFieldValue<DateTimeOffset>(at + 4);
        return new(
            row.GetInt64(at + 1), new(row.GetGuid(at + 2)), row.GetInt64(at + 3), Math.Max(0, (long)age.TotalSeconds),
            row.GetFieldValue<byte[]>(at + 7), row.IsDBNull(at + 8) ? null : row.GetGuid(at + 8),
            row.GetInt32(at + 5), row.IsDBNull(at + 6) ? null : row.GetString(at + 6));
    }
}
