using System.Text.RegularExpressions;
using Npgsql;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Moving;

/// <summary>All that a service answers about a queue, ages aside.</summary>
internal static partial class Everything
{
    internal static async Task<IReadOnlyList<string>> About(HttpClient client, string queue, IEnumerable<string> claims, IEnumerable<Guid> subscriptions)
    {
        var answers = new List<string>();
        var path = $"/v2/queues/{queue}";
        foreach (var one in new[] { "/v2/queues?detailed=true", path, $"{path}/stats", $"{path}/subscriptions?limit=20" })
            await Ask(one);
        foreach (var claim in claims)
            await Ask($"{path}/claims/{claim}");
        foreach (var subscription in subscriptions)
            await Ask($"{path}/subscriptions/{subscription}/deliveries?limit=20");
        foreach (var query in new[] { "echo=true", "echo=true&include_claimed=true&include_delayed=true", "" })
            for (var next = $"{path}/messages?{query}&limit=20"; next is not null;)
            {
                var page = await Ask(next);
                next = page.Json.GetProperty("links").GetArrayLength() > 0 && page.Json.GetProperty("messages").GetArrayLength() > 0
                    ? page.Json.GetProperty("links")[0].GetProperty("href").GetString()!
                    : null;
            }

        return answers;

        async Task<Answer> Ask(string asked)
        {
            var answer = await client.Get(asked);
            answers.Add($"{asked} {answer.Status} {Age().Replace(answer.Text, "\"age\": -")}");
            return answer;
        }
    }

    /// <summary>How many rows each table has that tell of a queue.</summary>
    internal static async Task<IReadOnlyDictionary<string, long>> Rows(NpgsqlDataSource database, string project)
    {
        await using var command = database.CreateCommand(
            """
            select 'queue', count(*) from queue where project = $1 and not deleted
            union all select 'message', count(*) from message
            union all select 'loose', count(*) from loose
            union all select 'claim', count(*) from claim
            union all select 'subscription', count(*) from subscription where project = $1
            union all select 'delivery', count(*) from delivery where project = $1
            union all select 'arrival', count(*) from arrival where project = $1
            union all select 'mt_streams', count(*) from mt_streams where tenant_id = $1
            union all select 'mt_events', count(*) from mt_events where tenant_id = $1
            """);
        command.Parameters.Add(new() { Value = project });
        await using var row = await command.ExecuteReaderAsync();
        var rows = new Dictionary<string, long>();
        while (await row.ReadAsync())
            rows.Add(row.GetString(0), row.GetInt64(1));
        return rows;
    }

    [GeneratedRegex("\"age\": ?-?\\d+")]
    private static partial Regex Age();
}
