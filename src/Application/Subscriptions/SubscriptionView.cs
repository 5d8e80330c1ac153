using Npgsql;
using Zaqar.Domain.Subscriptions;

namespace Zaqar.Application.Subscriptions;

/// <summary>A subscription as clients see it.</summary>
/// <param name="Ttl">Seconds, as given.</param>
/// <param name="Age">Whole seconds since its creation.</param>
/// <param name="Options">JSON text as given, the secret masked.</param>
public sealed record SubscriptionView(Guid Id, string Subscriber, long Ttl, long Age, string Options, bool Confirmed)
{
    /// <summary>What <see cref="Read"/> takes, of a row <c>s</c> and a time <c>now</c>.</summary>
    internal const string Columns = "s.id, s.subscriber, s.ttl, s.created_at, t.now, s.options, s.confirmed";

    internal static SubscriptionView Read(NpgsqlDataReader row)
    {
        var age = row.GetFieldValue<DateTimeOffset>(4) - row.GetFieldValue<DateTimeOffset>(3);
        return new(row.GetGuid(0), row.GetString(1), row.GetInt64(2), Math.Max(0, (long)age.TotalSeconds),
            SubscriptionOptions.Stored(row.GetString(5)).Shown(), row.GetBoolean(6));
    }
}
