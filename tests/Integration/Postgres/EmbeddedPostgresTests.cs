using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using FluentAssertions;
using Npgsql;
using Xunit;
using Zaqar.Infrastructure.Postgres;

namespace Zaqar.Integration.Postgres;

[SupportedOSPlatform("linux")]
public sealed class EmbeddedPostgresTests
{
    [Fact]
    public async Task a_fresh_directory_gets_a_cluster_that_keeps_its_data_over_a_restart()
    {
        var data = TestDirectory.New();
        await using (var first = await TestDatabase.OwnServer(data))
            await Write(first, "kept");

        await using var second = await TestDatabase.OwnServer(data);

        (await Read(second)).Should().Equal("kept");
    }

    [Fact]
    public async Task the_cluster_is_durable_private_and_sorts_utf8_by_code_point()
    {
        await using var server = await TestDatabase.OwnServer();

        (await Column(server, """
            select name || '=' || setting from pg_settings
            where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'log_min_error_statement') order by name
            """)).Should().Equal("fsync=on", "full_page_writes=on", "listen_addresses=", "log_min_error_statement=panic", "synchronous_commit=on");
        (await Column(server, "select pg_encoding_to_char(encoding) || ' ' || datcollate from pg_database where datname = current_database()"))
            .Should().Equal("UTF8 C");
        Owner($"/proc/{server.ProcessId}").Should().NotBe("root", "PostgreSQL never runs with root's rights");
        File.GetUnixFileMode(server.ClusterDirectory).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task a_second_start_on_the_same_data_is_refused_and_leaves_the_first_alone()
    {
        var data = TestDirectory.New();
        await using var first = await TestDatabase.OwnServer(data);

        var second = () => TestDatabase.OwnServer(data);

        (await second.Should().ThrowAsync<DatabaseNotStartedException>())
            .Which.Message.Should().Contain("in use by another Zaqar").And.Contain($"process {Environment.ProcessId}").And.Contain(data);
        await Write(first, "undisturbed");
    }

    [Fact]
    public async Task a_start_after_the_server_was_killed_recovers_what_was_committed()
    {
        await using var server = await TestDatabase.OwnServer();
        await Write(server, "committed");
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var insert = new NpgsqlCommand("insert into note values ('open')", connection, transaction);
        await insert.ExecuteNonQueryAsync();

        await server.Kill();
        await server.Start();

        (await Read(server)).Should().Equal("committed");
    }

    [Fact]
    public async Task a_start_after_an_immediate_stop_recovers_what_was_committed()
    {
        await using var server = await TestDatabase.OwnServer();
        await Write(server, "committed");

        await server.StopImmediately();
        await server.Start();

        (await Read(server)).Should().Equal("committed");
    }

    [Fact]
    public async Task a_server_that_outlived_its_service_is_taken_over()
    {
        var data = TestDirectory.New();
        string[] command;
        string owner;
        await using (var first = await TestDatabase.OwnServer(data))
        {
            await Write(first, "before");
            command = (await File.ReadAllTextAsync($"/proc/{first.ProcessId}/cmdline")).TrimEnd('\0').Split('\0');
            owner = Owner(first.ClusterDirectory);
        }
        // The same server again, and nobody who holds its data directory: what a killed service leaves behind.
        using var orphan = StartAs(owner, command);
        await Until(() => File.Exists(Path.Combine(data, "postgres", "postmaster.pid"))
            && File.ReadAllText(Path.Combine(data, "postgres", "postmaster.pid")).Contains("ready", StringComparison.Ordinal), "the orphan serves");

        await using var second = await TestDatabase.OwnServer(data);

        orphan.HasExited.Should().BeTrue();
        second.ProcessId.Should().NotBe(orphan.Id);
        (await Read(second)).Should().Equal("before");
    }

    [Fact]
    public async Task a_process_number_left_by_a_dead_server_may_be_anyones_by_now()
    {
        var data = TestDirectory.New();
        await using var server = await TestDatabase.OwnServer(data);
        await server.Kill();
        using var stranger = StartAs(Owner(server.ClusterDirectory), ["sleep", "600"]);
        foreach (var file in new[] { Path.Combine("postgres", "postmaster.pid"), Path.Combine("socket", ".s.PGSQL.5432.lock") })
        {
            var lines = await File.ReadAllLinesAsync(Path.Combine(data, file));
            await File.WriteAllLinesAsync(Path.Combine(data, file), [stranger.Id.ToString(CultureInfo.InvariantCulture), .. lines[1..]]);
        }

        await server.Start();

        stranger.HasExited.Should().BeFalse();
        stranger.Kill();
    }

    [Fact]
    public async Task data_of_another_major_version_are_refused_naming_both_and_stay_free()
    {
        var data = TestDirectory.New();
        PostgresBinaries binaries;
        await using (var server = await TestDatabase.OwnServer(data))
        {
            binaries = (await PostgresBinaries.In(Path.GetDirectoryName(new FileInfo($"/proc/{server.ProcessId}/exe").LinkTarget)!, default))!;
            await File.WriteAllTextAsync(Path.Combine(server.ClusterDirectory, "PG_VERSION"), "9\n");
        }

        for (var attempt = 0; attempt < 2; attempt++) // The second one shows that the first one let go.
            (await FluentActions.Awaiting(() => TestDatabase.OwnServer(data)).Should().ThrowAsync<DatabaseNotStartedException>())
                .Which.Message.Should().Contain("written by PostgreSQL 9;").And.Contain($"is PostgreSQL {binaries.Major}.");
    }

    [Fact]
    public async Task a_server_that_does_not_start_gives_its_last_words_at_once()
    {
        var watch = Stopwatch.StartNew();

        var start = () => TestDatabase.OwnServer(options: new() { Settings = new Dictionary<string, string> { ["shared_buffers"] = "plenty" } });

        (await start.Should().ThrowAsync<DatabaseNotStartedException>())
            .Which.Message.Should().Contain("shared_buffers").And.Contain("plenty");
        watch.Elapsed.Should().BeLessThan(new EmbeddedPostgresOptions().StartTimeout);
    }

    [Fact]
    public async Task a_cluster_whose_creation_was_cut_short_is_created_anew()
    {
        var data = TestDirectory.New();
        Directory.CreateDirectory(Path.Combine(data, "postgres.new", "base"));
        await File.WriteAllTextAsync(Path.Combine(data, "postgres.new", "PG_VERSION"), "15\n");

        await using var server = await TestDatabase.OwnServer(data);

        await Write(server, "whole");
    }

    [Fact]
    public async Task a_data_directory_with_a_long_or_odd_path_has_its_socket_elsewhere()
    {
        var data = Path.Combine(TestDirectory.New(), "it's a \\ long, odd \"name\" " + new string('x', 100));

        await using var server = await TestDatabase.OwnServer(data);

        await Write(server, "reached");
        new NpgsqlConnectionStringBuilder(server.ConnectionString).Host.Should().NotStartWith(data);
    }

    [RootFact]
    public async Task root_keeps_its_data_elsewhere_when_the_servers_user_cannot_enter_the_data_directory()
    {
        var closed = TestDirectory.New();
        Directory.CreateDirectory(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var data = Path.Combine(closed, "zaqar");
        var options = new EmbeddedPostgresOptions { SharedRoot = TestDirectory.New() };
        await using (var first = await TestDatabase.OwnServer(data, options))
        {
            await Write(first, "kept");
            first.ClusterDirectory.Should().StartWith(options.SharedRoot);
            await FluentActions.Awaiting(() => TestDatabase.OwnServer(data, options)).Should().ThrowAsync<DatabaseNotStartedException>();
        }

        await using var second = await TestDatabase.OwnServer(data, options);

        (await Read(second)).Should().Equal("kept");
    }

    [RootFact]
    public async Task a_cluster_that_moved_out_of_the_servers_reach_is_not_replaced_by_an_empty_one()
    {
        var data = TestDirectory.New();
        await using (await TestDatabase.OwnServer(data)) { }
        var closed = TestDirectory.New();
        Directory.CreateDirectory(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var moved = Path.Combine(closed, "moved");
        Directory.Move(data, moved);

        var start = () => TestDatabase.OwnServer(moved, new() { SharedRoot = TestDirectory.New() });

        (await start.Should().ThrowAsync<DatabaseNotStartedException>()).Which.Message.Should().Contain("chmod o+x");
    }

    private static async Task Write(EmbeddedPostgres server, string text) =>
        await Column(server, $"create table if not exists note (text text); insert into note values ('{text}') returning text");

    private static Task<List<string>> Read(EmbeddedPostgres server) => Column(server, "select text from note order by text");

    private static async Task<List<string>> Column(EmbeddedPostgres server, string sql)
    {
        // Pooled connections would not survive the restarts.
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<string>();
        while (await reader.ReadAsync())
            values.Add(reader.GetString(0));
        return values;
    }

    private static Process StartAs(string user, string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, WorkingDirectory = "/" };
        if (Environment.IsPrivilegedProcess)
            start.UserName = user;
        return Process.Start(start)!;
    }

    private static string Owner(string path)
    {
        using var stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%U", path]) { RedirectStandardOutput = true })!;
        return stat.StandardOutput.ReadToEnd().Trim();
    }

    private static async Task Until(Func<bool> condition, string expected)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(30), "{0} by then", expected);
            await Task.Delay(10);
        }
    }
}
