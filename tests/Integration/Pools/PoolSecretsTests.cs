using System.Collections.Concurrent;
using System.Text;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Xunit;
using Zaqar.Application.Encryption;
using Zaqar.Application.Pools;
using Zaqar.Domain.Pools;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Pools;

/// <summary>The passwords of pools: taken, used, and nowhere to be seen.</summary>
public sealed class PoolSecretsTests(PoolSecretsTests.ListeningService service) : IClassFixture<PoolSecretsTests.ListeningService>, IDisposable
{
    private const string Secret = "hunter2-and-more";

    private readonly HttpClient _admin = service.Administrator();

    public void Dispose() => _admin.Dispose();

    [Fact]
    public async Task a_password_is_shown_nowhere_and_kept_sealed()
    {
        var (path, uri) = ("/v2/pools/secretive", UriOf("shown"));
        var answers = new List<Answer>
        {
            await _admin.Put(path, $$"""{"uri": "{{uri}}", "weight": 0}"""),
            await _admin.Put(path, $$"""{"uri": "{{uri}}", "weight": 1}"""),
            await _admin.Get(path),
            await _admin.Get("/v2/pools?detailed=true"),
            await _admin.Patch(path, $$"""{"uri": "{{uri}}?sslmode=prefer"}"""),
            await _admin.Put("/v2/pools/other", $$"""{"uri": "{{uri}}", "weight": 0}"""),
            await _admin.Put("/v2/pools/other", $$"""{"uri": "{{uri}}", "weight": -1}"""),
            await _admin.Put("/v2/pools/other", $$"""{"uri": "{{uri}}", "weight": 0, {{uri}}"""),
            await _admin.Put("/v2/pools/other", $$"""{"uri": "{{uri}}?{{Secret}}=1", "weight": 0}"""),
            await _admin.Put("/v2/pools/other", $$"""{"uri": "{{uri.Replace("postgresql", "mongodb", StringComparison.Ordinal)}}", "weight": 0}"""),
            await _admin.Put("/v2/pools/other", $$"""{"uri": "{{uri.Replace("shown", ListeningService.Away, StringComparison.Ordinal)}}", "weight": 0}"""),
            await _admin.Delete(path),
        };

        answers.Select(answer => answer.Status).Should().Equal(201, 201, 200, 200, 200, 409, 400, 400, 400, 400, 400, 204);
        answers[2].Json.GetProperty("uri").GetString().Should().Be(uri.Replace(Secret, "***", StringComparison.Ordinal));
        foreach (var answer in answers)
            $"{answer.Response} {answer.Text}".Should().NotContain(Secret);
        (await Stored()).Should().Contain("shown").And.Contain("pool_created").And.NotContain(Secret)
            .And.NotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret))[..16]);
        string.Join('\n', service.Heard).Should().NotContain(Secret).And.Contain("could not be used");
        service.Prepared.Should().Contain(connection => connection.Contains(Secret, StringComparison.Ordinal), "the database is reached by it");
    }

    [Fact]
    public async Task what_is_sealed_opens_for_its_own_pool_only()
    {
        await _admin.Put("/v2/pools/sealed", $$"""{"uri": "{{UriOf("sealed")}}", "weight": 0}""");
        var addresses = service.Services.GetRequiredService<PoolAddresses>();
        var address = await Address("sealed");

        addresses.Open("sealed", address).Password.Should().Be(Secret);
        addresses.ConnectionString(addresses.Open("sealed", address)).Should().Contain($"Password={Secret}").And.Contain("Database=sealed");
        var stolen = () => addresses.Open("another", address);
        stolen.Should().Throw<System.Security.Cryptography.CryptographicException>();
    }

    [Fact]
    public async Task a_uri_sent_back_as_it_is_shown_means_the_same()
    {
        const string path = "/v2/pools/masked";
        await _admin.Put(path, $$"""{"uri": "{{UriOf("masked")}}", "weight": 0}""");
        var (shown, before) = ((await _admin.Get(path)).Json.GetProperty("uri").GetString()!, await Address("masked"));

        (await _admin.Patch(path, $$"""{"uri": "{{shown}}", "weight": 0}""")).Status.Should().Be(200);
        (await _admin.Put(path, $$"""{"uri": "{{shown}}", "weight": 0}""")).Status.Should().Be(201);

        (await Address("masked")).Should().Be(before);
        service.Services.GetRequiredService<PoolAddresses>().Open("masked", before).Password.Should().Be(Secret);
        (await _admin.Patch(path, $$"""{"uri": "{{shown}}?sslmode=require"}""")).ShouldBe(400, "Invalid request body");
        (await _admin.Put("/v2/pools/unmasked", $$"""{"uri": "{{shown}}", "weight": 0}""")).ShouldBe(400, "Invalid request body");
        (await Address("masked")).Should().Be(before);
    }

    [Fact]
    public async Task a_password_may_stay_in_the_configuration()
    {
        const string uri = $"postgresql://zaqar@127.0.0.1:1/configured?password_from={PoolAdminService.ConfiguredName}";

        (await _admin.Put("/v2/pools/configured", $$"""{"uri": "{{uri}}", "weight": 0}""")).Status.Should().Be(201);

        (await _admin.Get("/v2/pools/configured")).Json.GetProperty("uri").GetString().Should().Be(uri);
        service.Prepared.Should().ContainSingle(connection => connection.Contains($"Password={PoolAdminService.Configured}", StringComparison.Ordinal));
        (await Stored()).Should().NotContain(PoolAdminService.Configured);
        string.Join('\n', service.Heard).Should().NotContain(PoolAdminService.Configured);
        var missing = await _admin.Put("/v2/pools/missing", """{"uri": "postgresql://zaqar@127.0.0.1:1/missing?password_from=nobody", "weight": 0}""");
        missing.ShouldBe(400, "Invalid request body");
        missing.Json.GetProperty("description").GetString().Should().Contain("Zaqar:Pools:Secrets:nobody");
    }

    [Fact]
    public void without_a_key_a_password_is_refused_and_the_missing_setting_named()
    {
        var addresses = new PoolAddresses(new NoKey(), new PoolSettings());

        var seal = () => addresses.Seal("east", PoolUri.Parse(UriOf("keyless")));

        seal.Should().ThrowExactly<PoolUriInvalid>().Which.Message.Should().Contain("Zaqar:Encryption:Keys").And.Contain("Zaqar:Pools:Secrets").And.NotContain(Secret);
        addresses.Seal("east", PoolUri.Parse("postgresql://zaqar@db/keyless")).Should().Be(new PoolAddress("postgresql://zaqar@db/keyless", null, "db:5432/keyless"));
    }

    [Fact]
    public void what_a_uri_says_reaches_the_connection()
    {
        var addresses = new PoolAddresses(new NoKey(), new PoolSettings());

        var connection = new Npgsql.NpgsqlConnectionStringBuilder(addresses.ConnectionString(PoolUri.Parse(
            "postgresql://u%3Bx:p%3BHost%3Devil%27%22@db:6432/a%20b%3D?sslmode=verify-ca&connect_timeout=7&application_name=x%3By")));

        (connection.Host, connection.Port, connection.Database, connection.Username, connection.Password).Should().Be(("db", 6432, "a b=", "u;x", "p;Host=evil'\""));
        (connection.SslMode, connection.Timeout, connection.ApplicationName).Should().Be((Npgsql.SslMode.VerifyCA, 7, "x;y"));
    }

    private static string UriOf(string database) => $"postgresql://zaqar:{Secret}@127.0.0.1:1/{database}";

    private async Task<PoolAddress> Address(string pool)
    {
        await using var command = service.Database.CreateCommand("select uri, sealed, target from pool where name = $1");
        command.Parameters.Add(new() { Value = pool });
        await using var row = await command.ExecuteReaderAsync();
        (await row.ReadAsync()).Should().BeTrue();
        return new(row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetString(2));
    }

    private async Task<string> Stored()
    {
        await using var command = service.Database.CreateCommand(
            "select (select string_agg(p::text, ';') from pool p) || (select string_agg(e::text, ';') from mt_events e) || (select string_agg(s::text, ';') from mt_streams s)");
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private sealed class NoKey : ICipher
    {
        public bool CanSeal => false;

        public byte[] Seal(ReadOnlySpan<byte> clear, ReadOnlySpan<byte> bound) => throw new InvalidOperationException("There is no key.");

        public byte[] Open(ReadOnlySpan<byte> @sealed, ReadOnlySpan<byte> bound) => throw new InvalidOperationException("There is no key.");
    }

    /// <summary>Keeps everything that is logged at any level, and what databases were made ready, of which one is away.</summary>
    public sealed class ListeningService : PoolAdminService
    {
        internal const string Away = "away";

        private readonly Databases _databases = new();
        private readonly ConcurrentQueue<string> _heard = new();

        internal IEnumerable<string> Heard => _heard;

        internal IEnumerable<string> Prepared => _databases.Prepared;

        protected override void Configure(IServiceCollection services)
        {
            base.Configure(services);
            services.RemoveAll<IPoolDatabases>();
            services.AddSingleton<IPoolDatabases>(_databases);
            services.RemoveAll<ILoggerProvider>();
            services.AddSingleton<ILoggerProvider>(new Log(_heard));
            services.PostConfigure<LoggerFilterOptions>(options =>
            {
                options.Rules.Clear();
                options.MinLevel = LogLevel.Trace;
            });
        }

        private sealed class Databases : IPoolDatabases
        {
            public ConcurrentQueue<string> Prepared { get; } = new();

            public async Task Prepare(string pool, string connectionString, CancellationToken ct)
            {
                Prepared.Enqueue(connectionString);
                if (connectionString.Contains($"Database={Away}", StringComparison.Ordinal))
                    await new Infrastructure.Pools.PoolDatabases(Home, new LoggerFactory([Log]).CreateLogger<Infrastructure.Pools.PoolDatabases>())
                        .Prepare(pool, connectionString, ct);
            }

            public ILoggerProvider Log { get; set; } = null!;

            /// <summary>Not asked for a database that nothing answers for.</summary>
            public IServiceProvider Home { get; } = new ServiceCollection().BuildServiceProvider();
        }

        private sealed class Log(ConcurrentQueue<string> heard) : ILoggerProvider
        {
            public ILogger CreateLogger(string categoryName) => new Logger(heard);

            public void Dispose()
            {
            }
        }

        private sealed class Logger(ConcurrentQueue<string> heard) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                heard.Enqueue($"{formatter(state, exception)} {exception} {(state is IEnumerable<KeyValuePair<string, object?>> values ? string.Join(' ', values.Select(value => value.Value)) : "")}");
        }

        public ListeningService() => _databases.Log = new Log(_heard);
    }
}
