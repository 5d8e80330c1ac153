using System.Runtime.Versioning;
using FluentAssertions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;
using Zaqar.Infrastructure.Postgres;
using Zaqar.Integration.Encryption;

namespace Zaqar.Integration.Postgres;

[SupportedOSPlatform("linux")]
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

    [Fact]
    public async Task an_embedded_server_has_a_key_of_its_own_that_stays()
    {
        var data = TestDirectory.New();
        string first;
        await using (var source = await Open(Environments.Development, ("ZAQAR_DATA", data)))
            first = source.EncryptionKey!;

        await using (var again = await Open(Environments.Development, ("ZAQAR_DATA", data)))
            again.EncryptionKey.Should().Be(first);

        Convert.FromBase64String(first).Should().HaveCount(32);
        var file = Path.Combine(data, "encryption.key");
        File.GetUnixFileMode(file).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using (var other = await Open(Environments.Development, ("ZAQAR_DATA", TestDirectory.New())))
            other.EncryptionKey.Should().NotBe(first);

        await File.WriteAllTextAsync(file, "half a k");
        (await FluentActions.Awaiting(() => Open(Environments.Development, ("ZAQAR_DATA", data))).Should().ThrowAsync<DatabaseNotStartedException>())
            .Which.Message.Should().Contain(file).And.NotContain("half a k");
    }

    [Fact]
    public async Task a_key_that_is_missing_beside_data_is_made_anew_and_told_of()
    {
        using var log = new EverythingLogged();
        using var logging = LoggerFactory.Create(building => building.AddProvider(log));
        var data = TestDirectory.New();
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("ZAQAR_DATA", data)]).Build();
        string lost;
        await using (var source = await PostgresSource.Open(settings, Environments.Development, logging))
            lost = source.EncryptionKey!;
        log.Lines.Should().NotContain(line => line.Contains("was not there", StringComparison.Ordinal));
        File.Delete(Path.Combine(data, "encryption.key"));

        await using (var source = await PostgresSource.Open(settings, Environments.Development, logging))
            source.EncryptionKey.Should().NotBe(lost);

        log.Lines.Should().ContainSingle(line => line.Contains(" Warning ", StringComparison.Ordinal) && line.Contains("encryption.key was not there", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_named_server_has_none()
    {
        await using var source = await Open(Environments.Development, ("ConnectionStrings:Zaqar", "Host=db.example;Database=zaqar"));

        source.EncryptionKey.Should().BeNull();
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
