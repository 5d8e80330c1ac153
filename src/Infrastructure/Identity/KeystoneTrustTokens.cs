using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Zaqar.Infrastructure.Delivery;

namespace Zaqar.Infrastructure.Identity;

/// <summary>Tokens of trusts from Keystone v3, kept until shortly before they run out; simultaneous needs of one trust share one question.</summary>
/// <param name="http">Not the guarded client: where Keystone is, is the operator's word.</param>
/// <remarks>
/// A trust that is over and a wrong password of ours give the same 401, so that after one we log in without the trust to know which
/// it is: the one ends deliveries, the other lasts until the operator mends it.
/// </remarks>
internal sealed class KeystoneTrustTokens(HttpClient http, KeystoneSettings settings, TimeProvider time, ILogger<KeystoneTrustTokens> logger) : ITrustTokens
{
    private const int Capacity = 10_000;

    // A token this near its end could run out under way.
    private static readonly TimeSpan _margin = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Lazy<Task<Kept>>> _tokens = new(StringComparer.Ordinal);

    public async Task<TrustToken> Get(string trustId, CancellationToken ct)
    {
        var fresh = new Lazy<Task<Kept>>(() => LogIn(trustId));
        var entry = _tokens.AddOrUpdate(trustId, fresh, (_, earlier) => IsUsable(earlier) ? earlier : fresh);
        if (_tokens.Count > Capacity)
            Forget();

        var kept = await entry.Value.WaitAsync(ct);
        return new(kept.Value, IsNew: entry == fresh);
    }

    public void Drop(string trustId, TrustToken token)
    {
        if (_tokens.TryGetValue(trustId, out var entry) && entry is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true, Result: var kept } } && kept.Value == token.Value)
            _tokens.TryRemove(new(trustId, entry));
    }

    // Under way, or good for some time yet.
    private bool IsUsable(Lazy<Task<Kept>> entry) =>
        !entry.IsValueCreated || !entry.Value.IsCompleted || (entry.Value.IsCompletedSuccessfully && entry.Value.Result.Until > time.GetUtcNow());

    private void Forget()
    {
        foreach (var entry in _tokens)
            if (!IsUsable(entry.Value))
                _tokens.TryRemove(entry);
        if (_tokens.Count > Capacity)
            _tokens.Clear();
    }

    // Nobody's cancellation but its own time-out ends it: others may be waiting for it too.
    private async Task<Kept> LogIn(string trustId)
    {
        using var answer = await Ask(trustId);
        switch (answer.StatusCode)
        {
            case HttpStatusCode.Created:
                return await Read(answer);
            case HttpStatusCode.Unauthorized:
                using (var withoutTrust = await Ask(trustId: null))
                {
                    if (withoutTrust.StatusCode == HttpStatusCode.Created)
                        throw new TrustRefusedException("Keystone does not know the trust of options.trust_id, or it is over.");
                    if (withoutTrust.StatusCode != HttpStatusCode.Unauthorized)
                        throw Unusable(withoutTrust.StatusCode);
                }

                DeliveryLog.AccountRefused(logger, settings.AuthUrl!);
                throw new KeystoneUnavailableException("Keystone does not let the service in.");
            case HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.NotFound:
                throw new TrustRefusedException($"Keystone refuses the trust of options.trust_id with {(int)answer.StatusCode}.");
            default:
                throw Unusable(answer.StatusCode);
        }
    }

    private async Task<HttpResponseMessage> Ask(string? trustId)
    {
        var url = settings.TokensUrl ?? throw new KeystoneUnavailableException("The service has no Keystone to ask for a token.");
        using var timeout = new CancellationTokenSource(settings.Timeout, time);

        // With its length, which a body in chunks has not: not every server in front of Keystone takes those.
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(Credentials(trustId)));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            return await http.PostAsync(url, content, timeout.Token);
        }
        catch (OperationCanceledException late)
        {
            throw Unusable($"no answer within {settings.Timeout.TotalSeconds:0.###} seconds", late);
        }
        catch (HttpRequestException failure)
        {
            throw Unusable(failure.Message, failure);
        }
    }

    private JsonObject Credentials(string? trustId)
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
        if (trustId is not null)
            auth["scope"] = new JsonObject { ["OS-TRUST:trust"] = new JsonObject { ["id"] = trustId } };

        return new() { ["auth"] = auth };
    }

    private async Task<Kept> Read(HttpResponseMessage answer)
    {
        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync();
            using var document = await JsonDocument.ParseAsync(body);
            var until = document.RootElement.GetProperty("token").GetProperty("expires_at").GetString() ?? "";
            return new(
                answer.Headers.GetValues("X-Subject-Token").Single(),
                DateTimeOffset.Parse(until, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) - _margin);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw Unusable("an answer that is no token", malformed);
        }
    }

    private KeystoneUnavailableException Unusable(HttpStatusCode status) => Unusable($"status {(int)status}", null);

    private KeystoneUnavailableException Unusable(string reason, Exception? cause)
    {
        DeliveryLog.KeystoneFailed(logger, settings.AuthUrl!, reason);
        return new("Keystone gave no token.", cause);
    }

    private sealed record Kept(string Value, DateTimeOffset Until);
}
