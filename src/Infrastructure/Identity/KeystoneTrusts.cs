using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Zaqar.Application.Identity;

namespace Zaqar.Infrastructure.Identity;

/// <summary>Makes trusts at Keystone with the client's token, in favour of the service's own user: with all of the token's roles, and in the client's name.</summary>
/// <param name="tokens">Null where clients show no tokens, and so make no trusts.</param>
internal sealed class KeystoneTrusts(KeystoneClient keystone, ServiceToken own, ILogger<KeystoneTrusts> logger, KeystoneTokens? tokens = null) : ITrusts
{
    public async Task<string> Create(Trustor trustor, DateTimeOffset until, CancellationToken ct)
    {
        var identity = trustor.Identity;
        try
        {
            var trustee = (await own.Get(ct: ct)).Known.User;
            var answer = await keystone.CreateTrust(trustor.Token, new()
            {
                ["trustor_user_id"] = identity.User,
                ["trustee_user_id"] = trustee,
                ["project_id"] = identity.Project,
                ["impersonation"] = true,
                ["roles"] = new JsonArray([.. identity.Roles.Select(role => new JsonObject { ["name"] = role })]),
                ["expires_at"] = until.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
            }).WaitAsync(ct);
            return answer.Status switch
            {
                HttpStatusCode.Created => IdIn(answer.Body.Span) ?? throw keystone.Unusable("an answer that is no trust"),
                HttpStatusCode.BadRequest => throw new TrustRefused("Keystone makes no trust that ends when this subscription does."),
                HttpStatusCode.Forbidden => throw new TrustRefused(
                    "Keystone makes no trust with this token: one that comes from a trust or an application credential cannot be passed on. Give options.trust_id, or use a token of a login."),
                HttpStatusCode.NotFound => throw new TrustRefused("Keystone makes no trust with this token: you no longer have a role that it carries. Get a new token."),
                HttpStatusCode.Unauthorized => throw TokenOver(trustor),
                _ => throw keystone.Unusable(answer.Status),
            };
        }
        catch (KeystoneUnavailableException)
        {
            // It has been logged with its reason, which is the operator's and not the client's.
            throw new IdentityUnavailable();
        }
    }

    public async Task Delete(string trust, Trustor trustor, CancellationToken ct)
    {
        try
        {
            var answer = await keystone.DeleteTrust(trustor.Token, trust).WaitAsync(ct);
            if (answer.Status is not (HttpStatusCode.NoContent or HttpStatusCode.NotFound))
                IdentityLog.TrustNotDeleted(logger, trust, $"for Keystone answered {(int)answer.Status}");
        }
        catch (KeystoneUnavailableException)
        {
            IdentityLog.TrustNotDeleted(logger, trust, "for Keystone did not answer");
        }
    }

    // Valid by what is kept of it, but no more so. The client tries again and is told that its token is over.
    private IdentityUnavailable TokenOver(Trustor trustor)
    {
        tokens?.Forget(trustor.Token);
        return new();
    }

    private static string? IdIn(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonNode.Parse(utf8) is JsonObject answer && answer["trust"] is JsonObject trust && trust["id"] is JsonValue id
                && id.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
