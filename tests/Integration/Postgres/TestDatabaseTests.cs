using FluentAssertions;
using Npgsql;
using Xunit;

namespace Zaqar.Integration.Postgres;

public sealed class TestDatabaseTests
{
    [Fact]
    public async Task the_run_shares_one_server_that_gives_fresh_databases()
    {
        (await TestDatabase.ConnectionString()).Should().Be(await TestDatabase.ConnectionString());

        await using var connection = new NpgsqlConnection(await TestDatabase.NewDatabase());
        await connection.OpenAsync();
        await using var tables = new NpgsqlCommand("select count(*) from pg_tables where schemaname = 'public'", connection);
        (await tables.ExecuteScalarAsync()).Should().Be(0L);
    }
}
