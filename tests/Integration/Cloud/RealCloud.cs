using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using FluentAssertions;
using Npgsql;
using Xunit;
using Zaqar.Integration.Http;
using Zaqar.Integration.Notifications;

namespace Zaqar.Integration.Cloud;

/// <summary>
/// A Keystone and the service that asks it who its clients are, each with the other's address. The tests share one, and make users and
/// trusts of their own where they take something away.
/// </summary>
[CollectionDefinition(Name)]
public sealed class RealCloud : IAsyncLifetime, ICollectionFixture<RealCloud>
{
    public const string Name = "cloud";

    private KeystoneProcess? _keystone;

    internal Accounts Accounts => _keystone!.Accounts;

    internal CloudService Service { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        // The tests say why they do not run.
        if (CloudFactAttribute.Missing is not null)
            return;

        // Both need the other's address before they start. Loopback has millions, so that a port on one of them is free for sure.
        var random = Guid.NewGuid().ToByteArray();
        var host = $"127.{random[0]}.{random[1]}.1";
        _keystone = await KeystoneProcess.Start(new($"http://{host}:8888"), new($"ws://{host}:9000"));
        Service = new(Accounts, new($"http://{host}:8888"), TimeSpan.FromSeconds(1));
        await Service.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        if (_keystone is null)
            return;

        await Service.DisposeAsync();
        await _keystone.DisposeAsync();
    }

    /// <summary>A client of the service.</summary>
    /// <param name="token">Null: without one.</param>
    /// <param name="service">Where; the shared one unless given.</param>
    internal HttpClient Client(string? token, Uri? service = null)
    {
        var client = new HttpClient { BaseAddress = service ?? Service.Address };
        client.DefaultRequestHeaders.Add("Client-ID", Guid.NewGuid().ToString());
        if (token is not null)
            client.DefaultRequestHeaders.Add("X-Auth-Token", token);
        return client;
    }

    /// <summary>A token of a login with a password.</summary>
    /// <param name="project">Null: of none.</param>
    internal Task<string> Token(string user, string? project = "demo") =>
        Token(ByPassword(Accounts.Users[user]), project is null ? "unscoped" : new { project = new { id = Accounts.Projects[project] } });

    /// <param name="identity">Methods and what they need, as Keystone reads it.</param>
    /// <param name="scope">Null: the one that comes with the identity.</param>
    internal async Task<string> Token(object identity, object? scope = null)
    {
        var login = await Keystone("POST", "/v3/auth/tokens", null, scope is null ? new { auth = new { identity } } : new { auth = new { identity, scope } });
        login.Status.Should().Be(201, login.Text);
        return login.Header("X-Subject-Token")!;
    }

    internal object ByPassword(string userId) => new { methods = new[] { "password" }, password = new { user = new { id = userId, password = Accounts.Password } } };

    /// <summary>Ends a token before its time.</summary>
    internal async Task Revoke(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/v3/auth/tokens")
        {
            Headers = { { "X-Auth-Token", token }, { "X-Subject-Token", token } },
        };
        using var answer = await _keystone!.Client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>What Keystone says of a valid token.</summary>
    internal async Task<JsonElement> Validate(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v3/auth/tokens")
        {
            Headers = { { "X-Auth-Token", await Token("admin", "admin") }, { "X-Subject-Token", token } },
        };
        using var answer = await _keystone!.Client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token");
    }

    /// <summary>Makes a member of the project <c>demo</c>, and answers its id.</summary>
    internal async Task<string> NewMember()
    {
        var admin = await Token("admin", "admin");
        var made = await Keystone("POST", "/v3/users", admin, new { user = new { name = $"user-{Guid.NewGuid():N}", password = Accounts.Password } });
        made.Status.Should().Be(201, made.Text);
        var user = made.Json.GetProperty("user").GetProperty("id").GetString()!;

        var roles = await Keystone("GET", "/v3/roles?name=member", admin);
        var role = roles.Json.GetProperty("roles")[0].GetProperty("id").GetString();
        (await Keystone("PUT", $"/v3/projects/{Accounts.Projects["demo"]}/users/{user}/roles/{role}", admin)).Status.Should().Be(204);
        return user;
    }

    /// <summary>A token of one that <see cref="NewMember"/> made.</summary>
    internal Task<string> TokenOfMember(string userId) => Token(ByPassword(userId), new { project = new { id = Accounts.Projects["demo"] } });

    /// <summary>Lets the user of a token log in by a secret instead of its password, to the token's project.</summary>
    /// <param name="until">When that ends; never unless given.</param>
    /// <param name="accessRules">What alone it is good for, as Keystone reads it; anything unless given.</param>
    /// <returns>The credential's path, and what stands for the identity in a login.</returns>
    internal async Task<(string Path, object Identity)> ApplicationCredential(string token, string userId, DateTimeOffset? until = null, object? accessRules = null)
    {
        var wanted = new Dictionary<string, object> { ["name"] = $"credential-{Guid.NewGuid():N}" };
        if (until is { } end)
            wanted["expires_at"] = end.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
        if (accessRules is not null)
            wanted["access_rules"] = accessRules;
        var made = await Keystone("POST", $"/v3/users/{userId}/application_credentials", token, new { application_credential = wanted });
        made.Status.Should().Be(201, made.Text);
        var credential = made.Json.GetProperty("application_credential");
        var (id, secret) = (credential.GetProperty("id").GetString(), credential.GetProperty("secret").GetString());
        return ($"/v3/users/{userId}/application_credentials/{id}", new { methods = new[] { "application_credential" }, application_credential = new { id, secret } });
    }

    /// <summary>One request to Keystone.</summary>
    internal Task<Answer> Keystone(string method, string path, string? token, object? body = null) =>
        _keystone!.Client.Ask(method, path, body is null ? null : JsonSerializer.Serialize(body), headers: token is null ? [] : [("X-Auth-Token", token)]);
}

/// <summary>The service with a Keystone.</summary>
/// <param name="address">Where it listens.</param>
/// <param name="tokenCacheTime">How long Keystone's word about a token is kept.</param>
internal sealed class CloudService(Accounts accounts, Uri address, TimeSpan tokenCacheTime) : NotifyingService
{
    protected override IReadOnlyList<string> Settings =>
    [
        .. base.Settings, $"--urls={address.OriginalString}", "--Zaqar:AdminMode=true", "--Zaqar:SignedUrl:SecretKey=long and random",
        "--Zaqar:AuthStrategy=keystone", $"--Zaqar:Keystone:AuthUrl={accounts.Url}", "--Zaqar:Keystone:Username=zaqar",
        $"--Zaqar:Keystone:Password={accounts.Password}", $"--Zaqar:Keystone:TokenCacheTime={tokenCacheTime}",
        "--Zaqar:Pooling=true", "--Zaqar:PoolingCatalog:EnableVirtualPool=true",
        "--Zaqar:Encryption:Keys:tests=q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=",
    ];

    /// <summary>A database of the service's server as a pool's URI names it, with a password, which the server does not ask for.</summary>
    internal string PoolUri
    {
        get
        {
            var settings = new NpgsqlConnectionStringBuilder(Database.ConnectionString);
            return $"postgresql://{settings.Username}:hunter2@/{{0}}?host={Uri.EscapeDataString(settings.Host!)}&port={settings.Port}";
        }
    }
}
