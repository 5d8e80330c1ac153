using System.Security.Cryptography;
using System.Text;
using FluentAssertions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;
using Xunit;
using Zaqar.Integration.Http;
using Zaqar.Integration.Notifications;
using Zaqar.Integration.Postgres;
using Zaqar.Integration.WebSockets;

namespace Zaqar.Integration.Encryption;

/// <summary>What is left of bodies where they are stored: nothing in tables, in the files of the server, its write-ahead log, or any log.</summary>
/// <remarks>A queue that does not encrypt shows that the search finds what is there.</remarks>
public sealed class PlaintextTests
{
    [Fact]
    public async Task no_body_of_an_encrypted_queue_is_stored_or_logged()
    {
        await using var server = await TestDatabase.OwnServer();
        var service = new WatchedService(server.ConnectionString);
        await service.InitializeAsync();
        try
        {
            var (secret, plain) = (NewMarker(), NewMarker());
            var secretChecksum = await Live(service, "vault", """{"_enable_encrypt_messages": true, "_max_claim_count": 1, "_dead_letter_queue": "vault-dead"}""", secret);
            var plainChecksum = await Live(service, "open", """{"_max_claim_count": 1, "_dead_letter_queue": "open-dead"}""", plain);
            await service.StopNodes();
            var tables = await Tables(server.ConnectionString);
            await server.Stop();
            var (files, log) = (FilesOf(server.ClusterDirectory), string.Join('\n', service.Log.Lines));
            await server.Start();

            // What is found of the one is what there would be of the other.
            Finds(tables, plain).Should().Contain(["message", "mt_events"]);
            Finds(tables, plainChecksum).Should().Contain(["message", "mt_events"]);
            Finds(files, plain).Should().Contain(file => file.Contains("pg_wal", StringComparison.Ordinal)).And.Contain(file => file.Contains("base", StringComparison.Ordinal));
            log.Should().Contain("vault").And.Contain("Npgsql").And.Contain("Wolverine").And.Contain(" Debug ");

            Finds(tables, secret).Should().BeEmpty();
            Finds(tables, secretChecksum).Should().BeEmpty();
            Finds(files, secret).Should().BeEmpty();
            Finds(files, secretChecksum).Should().BeEmpty();
            foreach (var marker in new[] { secret, secretChecksum, plain })
                FormsOf(marker).Should().NotContain(form => log.Contains(form, StringComparison.Ordinal), "bodies are not logged");
            foreach (var key in service.Keys.Select(setting => setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..]))
                log.Should().NotContain(key, "nor are keys");
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    // Something of everything that handles bodies, and of what goes wrong with them; answers the hex digits of a body's checksum.
    private static async Task<string> Live(WatchedService service, string queue, string metadata, string marker)
    {
        var (path, body, told) = ($"/v2/queues/{queue}", $$"""{"text": "{{marker}}"}""", NotifyingService.NewPath());
        using var client = service.Client($"project-of-{queue}");
        await using var socket = await service.Connect($"project-of-{queue}");
        await client.Put(path, metadata);
        var subscription = await client.SubscribeTo(queue, service.Sink.Answers(told, Fail, Fail, _ => Task.CompletedTask), new { _retry_policy = new { retries_with_no_delay = 5 } });
        var refused = await client.SubscribeTo(queue, "http://127.0.0.1:1/");
        await socket.Subscribe(queue);

        await client.PostBodies(queue, body, body, body, body);
        (await socket.Ask("message_post", $$"""{"queue_name": "{{queue}}", "messages": [{"body": {{body}}}]}""")).ShouldBe(201);
        (await socket.Told(5))[4].Json.GetProperty("body").GetProperty("text").GetString().Should().Be(marker);
        foreach (var wrong in new[] { $$"""{"messages": [{"body": {{body}}, "ttl": 1}]}""", $$"""{"messages": [{"body": {{body}}, }]}""", $$"""{"messages": {{body}}}""" })
        {
            (await client.Ask("POST", $"{path}/messages", wrong)).Status.Should().Be(400);
            await socket.Send(FrameKind.Text, Encoding.UTF8.GetBytes(wrong));
            (await socket.Reply()).ShouldBe(400);
        }

        var listed = await client.Get($"{path}/messages?echo=true");
        listed.Bodies().Should().HaveCount(5).And.OnlyContain(one => one == body);
        (await client.Get($"{path}/messages/{listed.Ids()[0]}")).Json.GetProperty("body").GetRawText().Should().Be(body);
        var claimed = await client.Ask("POST", $"{path}/claims?limit=2");
        (await client.Get(claimed.Location!)).Bodies().Should().Equal(body, body);
        await client.Patch(claimed.Location!, """{"ttl": 300, "grace": 60}""");
        await client.Delete(claimed.Location!);
        (await client.Ask("POST", $"{path}/claims?limit=2")).ShouldBeEmpty(204);
        (await client.Get($"/v2/queues/{queue}-dead/messages?echo=true")).Bodies().Should().Equal(body, body);
        (await client.Delete($"{path}/messages?pop=1")).Bodies().Should().Equal(body);

        await Eventually.Holds(() => client.Log(queue, subscription), log => log.Count == 5 && log.All(entry => entry.Status == "delivered"), "all are delivered");
        await Eventually.Holds(() => client.Log(queue, refused), log => log.Any(entry => entry.LastReason is not null), "the other was tried");
        service.Sink.RequestsTo(told).Should().OnlyContain(request => request.Text.Contains(marker));
        return listed.Json.GetProperty("messages")[0].GetProperty("checksum").GetString()!["MD5:".Length..];

        static Task Fail(HttpContext context)
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        }
    }

    private static string NewMarker() => $"marker-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12))}";

    private static async Task<Dictionary<string, string>> Tables(string connectionString)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        var names = new List<(string Schema, string Name)>();
        await using (var list = database.CreateCommand(
            "select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE' and table_schema like 't\\_%'"))
        await using (var row = await list.ExecuteReaderAsync())
            while (await row.ReadAsync())
                names.Add((row.GetString(0), row.GetString(1)));

        var tables = new Dictionary<string, string>();
        foreach (var (schema, name) in names)
        {
            var text = new StringBuilder();
            await using var read = database.CreateCommand($"select t::text from {schema}.{name} t");
            await using var row = await read.ExecuteReaderAsync();
            while (await row.ReadAsync())
                text.AppendLine(row.GetString(0));
            tables.Add(name, text.ToString());
        }

        return tables;
    }

    private static Dictionary<string, string> FilesOf(string cluster)
    {
        var home = Path.GetDirectoryName(cluster)!;
        var files = Directory.EnumerateFiles(cluster, "*", SearchOption.AllDirectories).Append(Path.Combine(home, "server.log"));
        return files.ToDictionary(file => Path.GetRelativePath(home, file), file => Encoding.Latin1.GetString(File.ReadAllBytes(file)));
    }

    private static string[] Finds(Dictionary<string, string> places, string marker)
    {
        var forms = FormsOf(marker);
        return [.. places.Where(place => forms.Any(form => place.Value.Contains(form, StringComparison.Ordinal))).Select(place => place.Key)];
    }

    // As it is, as PostgreSQL shows bytes, in UTF-16, and in base64 wherever it begins.
    private static string[] FormsOf(string marker)
    {
        var bytes = Encoding.ASCII.GetBytes(marker);
        return
        [
            marker, Convert.ToHexStringLower(bytes), Convert.ToHexString(bytes), Encoding.Latin1.GetString(Encoding.Unicode.GetBytes(marker)),
            .. Enumerable.Range(0, 3).Select(at => Convert.ToBase64String([.. new byte[at], .. bytes])[4..^4]),
        ];
    }

    private sealed class WatchedService(string connectionString) : EncryptingService
    {
        public EverythingLogged Log { get; } = new();

        protected override Task<string> ConnectionString() => Task.FromResult(connectionString);

        protected override void Configure(IServiceCollection services)
        {
            services.RemoveAll<ILoggerProvider>();
            services.AddSingleton<ILoggerProvider>(Log);
            services.PostConfigure<LoggerFilterOptions>(filter =>
            {
                filter.Rules.Clear();
                filter.MinLevel = LogLevel.Trace;
            });
        }
    }
}
