using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Zaqar.Infrastructure.Identity;

namespace Zaqar.Integration.Delivery.Sinks;

/// <summary>A Keystone that knows one user, some trusts and one request: <c>POST /v3/auth/tokens</c>.</summary>
internal sealed class FakeKeystone : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly ConcurrentQueue<string?> _logins = [];
    private LoopbackApp? _app;
    private int _issued;

    private FakeKeystone(TimeProvider time) => _time = time;

    /// <summary>Trusts that are not over.</summary>
    public ConcurrentDictionary<string, bool> Trusts { get; } = [];

    /// <summary>What every login asked for, in the order they came: a trust, or null for nothing.</summary>
    public IReadOnlyList<string?> Logins => [.. _logins];

    public TimeSpan TokenLife { get; set; } = TimeSpan.FromHours(1);

    /// <summary>What happens in place of an answer; null: nothing.</summary>
    public RequestDelegate? Trouble { get; set; }

    /// <summary>The account that it knows.</summary>
    public KeystoneSettings Settings => new()
    {
        AuthUrl = new Uri(_app!.Addresses[0], "v3").AbsoluteUri,
        Username = "zaqar",
        Password = "right",
        Timeout = TimeSpan.FromSeconds(20),
    };

    public static async Task<FakeKeystone> Start(TimeProvider time)
    {
        var keystone = new FakeKeystone(time);
        keystone._app = await LoopbackApp.Start(keystone.Take, _ => { });
        return keystone;
    }

    public ValueTask DisposeAsync() => _app!.DisposeAsync();

    private async Task Take(HttpContext context)
    {
        if (Trouble is { } trouble)
        {
            await trouble(context);
            return;
        }

        if (context.Request is not { Method: "POST", Path.Value: "/v3/auth/tokens", ContentLength: > 0, ContentType: "application/json" })
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var auth = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!["auth"]!;
        var trust = (string?)auth["scope"]?["OS-TRUST:trust"]?["id"];
        _logins.Enqueue(trust);

        var user = auth["identity"]!["password"]!["user"]!;
        var isKnown = (string?)auth["identity"]!["methods"]![0] == "password" && (string?)user["name"] == "zaqar"
            && (string?)user["domain"]!["name"] == "Default" && (string?)user["password"] == "right";
        if (!isKnown || (trust is not null && !Trusts.ContainsKey(trust)))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            await context.Response.WriteAsync("""{"error": {"code": 401, "title": "Unauthorized", "message": "no"}}""");
            return;
        }

        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers["X-Subject-Token"] = $"token-{Interlocked.Increment(ref _issued)}-{trust}";
        var until = _time.GetUtcNow() + TokenLife;
        await context.Response.WriteAsync(new JsonObject
        {
            ["token"] = new JsonObject
            {
                ["methods"] = new JsonArray("password"),
                ["expires_at"] = until.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
            },
        }.ToJsonString());
    }
}
