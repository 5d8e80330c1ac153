using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Zaqar.Infrastructure.Identity;
using Zaqar.Integration.Delivery.Sinks;

namespace Zaqar.Integration.Identity;

/// <summary>
/// A Keystone that knows one user by its password, clients by the tokens they were given, and trusts. It answers as Keystone 22 does (API v3.14),
/// to what a messaging service asks.
/// </summary>
internal sealed class FakeKeystone : IAsyncDisposable
{
    /// <summary>The service's own user.</summary>
    public const string ServiceUser = "77777777777777777777777777777777";

    private readonly TimeProvider _time;
    private readonly ConcurrentQueue<string?> _logins = [];
    private readonly ConcurrentQueue<string> _judged = [];
    private readonly ConcurrentQueue<string> _deleted = [];
    private readonly ConcurrentDictionary<string, Issued> _tokens = [];
    private LoopbackApp? _app;
    private int _issued;
    private int _ownLogins;

    private FakeKeystone(TimeProvider time) => _time = time;

    /// <summary>Trusts that are not over. One that was made here has its request; one that a test put here has none.</summary>
    public ConcurrentDictionary<string, bool> Trusts { get; } = [];

    /// <summary>The body of every trust that was made, by its id.</summary>
    public ConcurrentDictionary<string, JsonObject> TrustsMade { get; } = [];

    /// <summary>Trusts that were deleted, in the order of that.</summary>
    public IReadOnlyList<string> TrustsDeleted => [.. _deleted];

    /// <summary>What every login asked for but those for the service's own project, in the order they came: a trust, or null for nothing.</summary>
    public IReadOnlyList<string?> Logins => [.. _logins];

    /// <summary>How many logins there were for the service's own project.</summary>
    public int OwnLogins => Volatile.Read(ref _ownLogins);

    /// <summary>Every token that was asked about, in the order of the questions.</summary>
    public IReadOnlyList<string> Judged => [.. _judged];

    /// <summary>Path and query of the last question about a token.</summary>
    public string LastQuestion { get; private set; } = "";

    public TimeSpan TokenLife { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Whether the service's own user has a role that lets it judge tokens.</summary>
    public bool ServiceMayJudge { get; set; } = true;

    /// <summary>The status that answers the making of a trust; null: it is made.</summary>
    public int? TrustRefusal { get; set; }

    /// <summary>Of the answer to the service's own token.</summary>
    public JsonArray Catalog { get; set; } = [];

    /// <summary>What happens in place of an answer; null: nothing.</summary>
    public RequestDelegate? Trouble { get; set; }

    /// <summary>Likewise to a question about a token.</summary>
    public RequestDelegate? JudgingTrouble { get; set; }

    /// <summary>The account that it knows.</summary>
    public KeystoneSettings Settings => new()
    {
        AuthUrl = new Uri(_app!.Addresses[0], "v3").AbsoluteUri,
        Username = "zaqar",
        Password = "right",
        Timeout = TimeSpan.FromSeconds(20),
    };

    /// <summary>The settings of a service that asks it who clients are.</summary>
    public IReadOnlyList<string> Arguments =>
    [
        "--Zaqar:AuthStrategy=keystone", $"--Zaqar:Keystone:AuthUrl={Settings.AuthUrl}", "--Zaqar:Keystone:Username=zaqar",
        "--Zaqar:Keystone:Password=right",
    ];

    public static async Task<FakeKeystone> Start(TimeProvider time)
    {
        var keystone = new FakeKeystone(time);
        keystone._app = await LoopbackApp.Start(keystone.Take, _ => { });
        return keystone;
    }

    public ValueTask DisposeAsync() => _app!.DisposeAsync();

    /// <summary>Gives a token to a client.</summary>
    /// <param name="project">Null for a token of no scope.</param>
    /// <param name="shape">Changes what is said of it.</param>
    public string Give(string? project = "p1", string user = "u1", string[]? roles = null, TimeSpan? life = null, Action<JsonObject>? shape = null)
    {
        var body = Body(user, _time.GetUtcNow() + (life ?? TokenLife));
        if (project is not null)
        {
            body["project"] = Named(project);
            body["roles"] = new JsonArray([.. (roles ?? ["reader", "member"]).Select(role => new JsonObject { ["id"] = $"id-{role}", ["name"] = role })]);
            body["is_domain"] = false;
        }

        shape?.Invoke(body);
        return Keep($"client-{Guid.NewGuid():N}", body);
    }

    /// <summary>From now on a token is not known; its own too.</summary>
    public void Revoke(string token) => _tokens.TryRemove(token, out _);

    /// <summary>Takes every token back that it gave to the service.</summary>
    public void RevokeOwn()
    {
        foreach (var token in _tokens.Keys.Where(token => token.StartsWith("token-", StringComparison.Ordinal)))
            Revoke(token);
    }

    /// <summary>A service of the catalog.</summary>
    public static JsonObject Service(string name, params (string Interface, string Region, string Url)[] endpoints) => new()
    {
        ["id"] = $"id-{name}", ["type"] = "messaging", ["name"] = name,
        ["endpoints"] = new JsonArray([.. endpoints.Select(endpoint => new JsonObject
        {
            ["id"] = "e", ["interface"] = endpoint.Interface, ["region"] = endpoint.Region, ["region_id"] = endpoint.Region, ["url"] = endpoint.Url,
        })]),
    };

    private Task Take(HttpContext context)
    {
        var request = context.Request;
        if (Trouble is { } trouble)
            return trouble(context);

        return (request.Method, request.Path.Value!.Split('/')) switch
        {
            ("POST", ["", "v3", "auth", "tokens"]) => LogIn(context),
            ("GET", ["", "v3", "auth", "tokens"]) => Judge(context),
            ("POST", ["", "v3", "OS-TRUST", "trusts"]) => MakeTrust(context),
            ("DELETE", ["", "v3", "OS-TRUST", "trusts", var trust]) => DeleteTrust(context, trust),
            _ => Refuse(context, 404),
        };
    }

    private async Task LogIn(HttpContext context)
    {
        if (await JsonBody(context) is not { } body)
        {
            await Refuse(context, 400);
            return;
        }

        var auth = body["auth"]!;
        var (trust, project) = ((string?)auth["scope"]?["OS-TRUST:trust"]?["id"], (string?)auth["scope"]?["project"]?["name"]);
        if (project is null)
            _logins.Enqueue(trust);
        else
            Interlocked.Increment(ref _ownLogins);

        var user = auth["identity"]!["password"]!["user"]!;
        var isKnown = (string?)auth["identity"]!["methods"]![0] == "password" && (string?)user["name"] == "zaqar"
            && (string?)user["domain"]!["name"] == "Default" && (string?)user["password"] == "right"
            && (project is null || (project == "service" && (string?)auth["scope"]!["project"]!["domain"]!["name"] == "Default"));
        if (!isKnown || (trust is not null && !Trusts.ContainsKey(trust)))
        {
            await Refuse(context, 401);
            return;
        }

        var answer = Body(ServiceUser, _time.GetUtcNow() + TokenLife);
        if (project is not null)
        {
            answer["project"] = Named(project);
            answer["catalog"] = Catalog.DeepClone();
        }

        context.Response.Headers["X-Subject-Token"] = Keep($"token-{Interlocked.Increment(ref _issued)}-{trust}", answer);
        await Answer(context, 201, new() { ["token"] = answer });
    }

    private async Task Judge(HttpContext context)
    {
        var (own, subject) = (context.Request.Headers["X-Auth-Token"].ToString(), context.Request.Headers["X-Subject-Token"].ToString());
        _judged.Enqueue(subject);
        LastQuestion = context.Request.Path + context.Request.QueryString.Value;
        if (JudgingTrouble is { } trouble)
            await trouble(context);
        else if (Known(own) is null)
            await Refuse(context, 401);
        else if (!ServiceMayJudge)
            await Refuse(context, 403);
        else if (Known(subject) is not { } known)
            await Refuse(context, 404);
        else
            await Answer(context, 200, new() { ["token"] = known.DeepClone() });
    }

    private async Task MakeTrust(HttpContext context)
    {
        if (Known(context.Request.Headers["X-Auth-Token"].ToString()) is not { } trustor)
            await Refuse(context, 401);
        else if (TrustRefusal is { } refusal)
            await Refuse(context, refusal);
        else if (await JsonBody(context) is not { } body || body["trust"] is not JsonObject trust)
            await Refuse(context, 400);
        else if ((string?)trustor["user"]!["id"] != (string?)trust["trustor_user_id"] || trustor["OS-TRUST:trust"] is not null)
            await Refuse(context, 403);
        else
        {
            var id = Guid.NewGuid().ToString("N");
            TrustsMade[id] = trust;
            Trusts[id] = true;
            var made = (JsonObject)trust.DeepClone();
            made["id"] = id;
            await Answer(context, 201, new() { ["trust"] = made });
        }
    }

    private Task DeleteTrust(HttpContext context, string trust)
    {
        if (Known(context.Request.Headers["X-Auth-Token"].ToString()) is not { } caller)
            return Refuse(context, 401);
        if (!TrustsMade.TryGetValue(trust, out var made) || !Trusts.ContainsKey(trust))
            return Refuse(context, 404);
        if ((string?)made["trustor_user_id"] != (string?)caller["user"]!["id"])
            return Refuse(context, 403);

        Trusts.TryRemove(trust, out _);
        _deleted.Enqueue(trust);
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private JsonObject? Known(string token) => _tokens.TryGetValue(token, out var issued) && issued.Until > _time.GetUtcNow() ? issued.Body : null;

    private string Keep(string token, JsonObject body)
    {
        _tokens[token] = new(body, DateTimeOffset.Parse((string)body["expires_at"]!, CultureInfo.InvariantCulture));
        return token;
    }

    private static JsonObject Body(string user, DateTimeOffset until) => new()
    {
        ["methods"] = new JsonArray("password"),
        ["user"] = Named(user),
        ["audit_ids"] = new JsonArray("AAAAAAAAAAAAAAAAAAAAAA"),
        ["issued_at"] = "2030-01-01T08:00:00.000000Z",
        ["expires_at"] = until.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
    };

    private static JsonObject Named(string id) =>
        new() { ["id"] = id, ["name"] = $"name of {id}", ["domain"] = new JsonObject { ["id"] = "default", ["name"] = "Default" } };

    private static async Task<JsonObject?> JsonBody(HttpContext context) =>
        context.Request is { ContentLength: > 0, ContentType: "application/json" }
            ? await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) as JsonObject
            : null;

    private static Task Answer(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString());
    }

    private static Task Refuse(HttpContext context, int status) => Answer(context, status, new()
    {
        ["error"] = new JsonObject { ["code"] = status, ["title"] = "No", ["message"] = "no" },
    });

    private sealed record Issued(JsonObject Body, DateTimeOffset Until);
}
