using FluentAssertions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;
using Zaqar.Infrastructure.Postgres;

namespace Zaqar.Integration.Postgres;

public sealed class PostgresSourceTests
{
    [Theory, InlineData("Production"), InlineData("Local")]
    public async Task a_configured_connection_string_wins_and_nothing_is_embedded(string environment)
    {
        var data = TestDirectory.New();

        await using var source = await Open(environment,
            ("ConnectionStrings:Zaqar", "Host=db.example;Database=zaqar"), ("Zaqar:Database:Embedded", "true"), ("ZAQAR_DATA", data));

        source.ConnectionString.Should().Be("Host=db.example;Database=zaqar");
        source.IsEmbedded.Should().BeFalse();
        Directory.Exists(data).Should().BeFalse();
    }

    [Fact]
    public async Task outside_production_a_server_is_embedded_in_the_data_directory_and_stops_with_its_owner()
    {
        var data = TestDirectory.New();
        await using (var source = await Open(Environments.Development, ("ZAQAR_DATA", data)))
        {
            source.IsEmbedded.Should().BeTrue();
            (await CurrentDatabase(source)).Should().Be("zaqar");
            Directory.Exists(Path.Combine(data, "postgres")).Should().BeTrue();
        }

        File.Exists(Path.Combine(data, "postgres", "postmaster.pid")).Should().BeFalse("a clean stop leaves no trace of a server");
    }

    [Theory, InlineData("Production"), InlineData("production")]
    public async Task production_refuses_to_embed_unless_asked(string environment)
    {
        var data = TestDirectory.New();

        (await FluentActions.Awaiting(() => Open(environment, ("ZAQAR_DATA", data))).Should().ThrowAsync<DatabaseNotStartedException>())
            .Which.Message.Should().Contain("in Production unless asked").And.Contain("ConnectionStrings__Zaqar").And.Contain("Zaqar__Database__Embedded=true");
        Directory.Exists(data).Should().BeFalse();
    }

    [Fact]
    public async Task production_embeds_when_asked()
    {
        await using var source = await Open(Environments.Production, ("ZAQAR_DATA", TestDirectory.New()), ("Zaqar:Database:Embedded", "true"));

        (await CurrentDatabase(source)).Should().Be("zaqar");
    }

    [Theory, InlineData("false", "because Zaqar:Database:Embedded is false"), InlineData("maybe", "'maybe' was given")]
    public async Task embedding_that_is_forbidden_or_misspelt_is_refused(string embedded, string reason)
    {
        var open = () => Open(Environments.Development, ("ZAQAR_DATA", TestDirectory.New()), ("Zaqar:Database:Embedded", embedded));

        (await open.Should().ThrowAsync<DatabaseNotStartedException>()).Which.Message.Should().Contain(reason);
    }

    private static Task<PostgresSource> Open(string environment, params (string Key, string Value)[] settings) =>
        PostgresSource.Open(
            new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value)).Build(),
            environment, NullLoggerFactory.Instance);

    private static async Task<object?> CurrentDatabase(PostgresSource source)
    {
        await using var connection = new NpgsqlConnection(source.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select current_database()", connection);
        return await command.ExecuteScalarAsync();
    }
}
