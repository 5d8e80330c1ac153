using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;
using Zaqar.Integration.Http;
using Zaqar.Integration.Postgres;

namespace Zaqar.Integration.Pools;

/// <summary>What a pool's database has to be, tried against real ones.</summary>
public sealed class PoolDatabasesTests(PoolDatabasesTests.RealService service) : IClassFixture<PoolDatabasesTests.RealService>, IDisposable
{
    private readonly HttpClient _admin = service.Administrator();
    private readonly string _path = $"/v2/pools/pool-{Guid.NewGuid():N}";

    public void Dispose() => _admin.Dispose();

    [Fact]
    public async Task one_that_is_there_is_taken()
    {
        var database = new NpgsqlConnectionStringBuilder(await TestDatabase.NewDatabase());

        (await Put(UriOf(database))).Status.Should().Be(201);
    }

    [Fact]
    public async Task one_that_is_missing_is_created()
    {
        var database = await Named($"pool \"{Guid.NewGuid():N}\"");

        (await Put(UriOf(database))).Status.Should().Be(201);

        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
    }

    [Fact]
    public async Task many_may_ask_for_the_same_missing_one()
    {
        var uri = UriOf(await Named($"pool_{Guid.NewGuid():N}"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Put(uri, $"/v2/pools/pool-{Guid.NewGuid():N}")));

        answers.Select(answer => answer.Status).Order().Should().Equal(201, 409, 409, 409);
    }

    [Fact]
    public async Task one_that_the_account_may_not_create_is_not()
    {
        var database = await Named($"pool_{Guid.NewGuid():N}");
        database.Username = await NewAccount();

        await ShouldBeRefused(UriOf(database), "may not create it");
    }

    [Fact]
    public async Task one_that_the_account_may_not_write_to_is_not_taken()
    {
        var database = new NpgsqlConnectionStringBuilder(await TestDatabase.NewDatabase());
        database.Username = await NewAccount();

        await ShouldBeRefused(UriOf(database), "may not create a schema");
    }

    [Fact]
    public async Task an_unknown_account_is_refused()
    {
        var database = new NpgsqlConnectionStringBuilder(await TestDatabase.ConnectionString()) { Username = $"nobody_{Guid.NewGuid():N}" };

        await ShouldBeRefused(UriOf(database), "refused");
    }

    [Fact]
    public Task nobody_who_listens_is_not_waited_for() => ShouldBeRefused("postgresql://u:hunter2@127.0.0.1:1/zaqar", "No server answers");

    [Fact]
    public Task a_missing_socket_is_not_waited_for() => ShouldBeRefused("postgresql://u:hunter2@/zaqar?host=/nowhere/at/all", "No server answers");

    [Theory, InlineData(""), InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    public async Task what_is_no_server_or_says_nothing_is_given_up_on(string answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var accepting = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await using var stream = client.GetStream();
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer));
            while (await stream.ReadAsync(new byte[1024]) > 0)
            {
            }
        });

        await ShouldBeRefused($"postgresql://u:hunter2@127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/zaqar", "did not answer in time");
    }

    private async Task ShouldBeRefused(string uri, string reason)
    {
        var refused = await Put(uri).WaitAsync(TimeSpan.FromSeconds(20));

        refused.ShouldBe(400, "Invalid request body");
        refused.Json.GetProperty("description").GetString().Should().Contain(reason).And.NotContain("hunter2");
        (await _admin.Get(_path)).Status.Should().Be(404);
    }

    private Task<Answer> Put(string uri, string? path = null) => _admin.Put(path ?? _path, $$"""{"uri": "{{uri}}", "weight": 0}""");

    private static async Task<NpgsqlConnectionStringBuilder> Named(string database) => new(await TestDatabase.ConnectionString()) { Database = database };

    private static async Task<string> NewAccount()
    {
        var name = $"account_{Guid.NewGuid():N}";
        await using var database = NpgsqlDataSource.Create(await TestDatabase.ConnectionString());
        await using var create = database.CreateCommand($"create role {name} login password 'hunter2'");
        await create.ExecuteNonQueryAsync();
        return name;
    }

    private static string UriOf(NpgsqlConnectionStringBuilder database)
    {
        var host = database.Host!;
        var user = $"{database.Username}{(database.Password is { Length: > 0 } password ? $":{Uri.EscapeDataString(password)}" : "")}";
        return host.StartsWith('/')
            ? $"postgresql://{user}@/{Uri.EscapeDataString(database.Database!)}?host={host}&port={database.Port}"
            : $"postgresql://{user}@{host}:{database.Port}/{Uri.EscapeDataString(database.Database!)}";
    }

    /// <summary>A service that looks at databases itself.</summary>
    public sealed class RealService : PoolAdminService
    {
        protected override void Configure(IServiceCollection services)
        {
        }
    }
}
