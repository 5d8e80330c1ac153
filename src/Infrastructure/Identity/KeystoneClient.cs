using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Zaqar.Infrastructure.Identity;

/// <summary>The questions that are asked of Keystone v3, each bounded in time and in the size of its answer.</summary>
/// <param name="http">From <see cref="CreateHttp"/>. Not the guarded client: where Keystone is, is the operator's word.</param>
/// <remarks>What may be asked twice is, once more and at once, when the connection breaks or Keystone says 5xx, within the same time.</remarks>
internal sealed class KeystoneClient(HttpClient http, KeystoneSettings settings, TimeProvider time, ILogger<KeystoneClient> logger)
{
    private const string Tokens = "auth/tokens";
    private const string Trusts = "OS-TRUST/trusts";
    private const string AuthToken = "X-Auth-Token";
    private const string SubjectToken = "X-Subject-Token";

    /// <summary>Bytes of an answer; a catalog of many services has some ten thousand.</summary>
    private const int MaxAnswerBytes = 1 << 20;

    // Garbage of many clients at a time must not become as many connections to Keystone.
    private const int MaxConnections = 64;

    /// <summary>One client for as long as the service runs. It follows nobody elsewhere, for its requests carry secrets.</summary>
    public static HttpClient CreateHttp() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        MaxConnectionsPerServer = MaxConnections,

        // Keystone's name may come to mean another address.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        MaxResponseContentBufferSize = MaxAnswerBytes,
    };

    /// <summary>Logs in as the service's own user.</summary>
    /// <exception cref="KeystoneUnavailableException">No answer.</exception>
    public Task<KeystoneAnswer> LogIn(LoginScope scope)
    {
        var auth = new JsonObject
        {
            ["identity"] = new JsonObject
            {
                ["methods"] = new JsonArray("password"),
                ["password"] = new JsonObject
                {
                    ["user"] = new JsonObject
                    {
                        ["name"] = settings.Username,
                        ["domain"] = new JsonObject { ["name"] = settings.UserDomainName },
                        ["password"] = settings.Password,
                    },
                },
            },
        };
        if (scope.Json(settings) is { } json)
            auth["scope"] = json;

        return Ask(HttpMethod.Post, Tokens, [], new() { ["auth"] = auth });
    }

    /// <summary>Asks whose a token is.</summary>
    /// <param name="own">The service's own token.</param>
    /// <param name="subject">The token in question: visible ASCII.</param>
    /// <exception cref="KeystoneUnavailableException">No answer.</exception>
    public Task<KeystoneAnswer> Validate(string own, string subject) =>
        Ask(HttpMethod.Get, $"{Tokens}?nocatalog", [(AuthToken, own), (SubjectToken, subject)]);

    /// <summary>Makes a trust. Asked once only, for each makes another.</summary>
    /// <param name="token">The trustor's.</param>
    /// <exception cref="KeystoneUnavailableException">No answer; there may be a trust.</exception>
    public Task<KeystoneAnswer> CreateTrust(string token, JsonObject trust) =>
        Ask(HttpMethod.Post, Trusts, [(AuthToken, token)], new() { ["trust"] = trust }, isRepeatable: false);

    /// <param name="token">The trustor's.</param>
    /// <exception cref="KeystoneUnavailableException">No answer.</exception>
    public Task<KeystoneAnswer> DeleteTrust(string token, string trust) =>
        Ask(HttpMethod.Delete, $"{Trusts}/{Uri.EscapeDataString(trust)}", [(AuthToken, token)]);

    /// <summary>Logs an answer that nothing can be done with.</summary>
    public KeystoneUnavailableException Unusable(HttpStatusCode status) => Unusable($"status {(int)status}");

    /// <inheritdoc cref="Unusable(HttpStatusCode)"/>
    public KeystoneUnavailableException Unusable(string reason, Exception? cause = null)
    {
        IdentityLog.KeystoneFailed(logger, settings.AuthUrl!, reason);
        return new("Keystone gave no usable answer.", cause);
    }

    /// <summary>Logs that Keystone refuses the service's own user.</summary>
    public KeystoneUnavailableException AccountRefused()
    {
        IdentityLog.AccountRefused(logger, settings.AuthUrl!);
        return new("Keystone does not let the service in.");
    }

    // Nobody's cancellation but its own time-out ends it: others may be waiting for the answer too.
    private async Task<KeystoneAnswer> Ask(
        HttpMethod method, string path, (string Name, string Value)[] headers, JsonObject? body = null, bool isRepeatable = true)
    {
        var url = settings.At(path) ?? throw new KeystoneUnavailableException("The service has no Keystone to ask.");
        using var timeout = new CancellationTokenSource(settings.Timeout, time);
        try
        {
            if (isRepeatable && await FirstTry() is { } first)
                return first;

            return await Send(method, url, headers, body, timeout.Token);
        }
        catch (OperationCanceledException late)
        {
            throw Unusable($"no answer within {settings.Timeout.TotalSeconds:0.###} seconds", late);
        }
        catch (HttpRequestException failure)
        {
            throw Unusable(failure.Message, failure);
        }

        async Task<KeystoneAnswer?> FirstTry()
        {
            try
            {
                return await Send(method, url, headers, body, timeout.Token) is { Status: < HttpStatusCode.InternalServerError } answer ? answer : null;
            }
            catch (HttpRequestException failure)
            {
                IdentityLog.AskedAgain(logger, failure);
                return null;
            }
        }
    }

    private async Task<KeystoneAnswer> Send(
        HttpMethod method, Uri url, (string Name, string Value)[] headers, JsonObject? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, url);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);

        // With its length, which a body in chunks has not: not every server in front of Keystone takes those.
        if (body is not null)
        {
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, ct);
        return new(
            response.StatusCode,
            await response.Content.ReadAsByteArrayAsync(ct),
            response.Headers.TryGetValues(SubjectToken, out var tokens) && tokens.ToArray() is [var token] ? token : null);
    }
}

/// <summary>What Keystone said.</summary>
/// <param name="Token">A secret: the token that was given; null when none was.</param>
internal sealed record KeystoneAnswer(HttpStatusCode Status, ReadOnlyMemory<byte> Body, string? Token)
{
    // Secrets print as nothing.
    public override string ToString() => nameof(KeystoneAnswer);
}

/// <summary>What a login of the service's user is good for.</summary>
internal abstract record LoginScope
{
    private LoginScope()
    {
    }

    /// <summary>For saying who one is.</summary>
    public static LoginScope None { get; } = new Nothing();

    /// <summary>For what the service itself does.</summary>
    public static LoginScope OwnProject { get; } = new Project();

    /// <summary>For what a trust allows, in the name of who made it.</summary>
    public static LoginScope Trust(string id) => new OfTrust(id);

    /// <returns>As the request has it; null: it has none.</returns>
    public abstract JsonObject? Json(KeystoneSettings settings);

    private sealed record Nothing : LoginScope
    {
        public override JsonObject? Json(KeystoneSettings settings) => null;
    }

    private sealed record Project : LoginScope
    {
        public override JsonObject Json(KeystoneSettings settings) => new()
        {
            ["project"] = new JsonObject
            {
                ["name"] = settings.ProjectName,
                ["domain"] = new JsonObject { ["name"] = settings.ProjectDomainName },
            },
        };
    }

    private sealed record OfTrust(string Id) : LoginScope
    {
        public override JsonObject Json(KeystoneSettings settings) => new() { ["OS-TRUST:trust"] = new JsonObject { ["id"] = Id } };
    }
}
