using System.Collections.Concurrent;
using System.Net;

namespace Zaqar.Infrastructure.Identity;

/// <summary>Tokens of trusts from Keystone v3, kept until shortly before they run out; simultaneous needs of one trust share one question.</summary>
/// <remarks>
/// A trust that is over and a wrong password of ours give the same 401, so that after one we log in without the trust to know which
/// it is: the one ends deliveries, the other lasts until the operator mends it.
/// </remarks>
internal sealed class KeystoneTrustTokens(KeystoneClient keystone, TimeProvider time) : ITrustTokens
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

    private async Task<Kept> LogIn(string trustId)
    {
        var answer = await keystone.LogIn(LoginScope.Trust(trustId));
        switch (answer.Status)
        {
            case HttpStatusCode.Created when answer.Token is { } token && KeystoneToken.Read(answer.Body.Span) is { } known:
                return new(token, known.ExpiresAt - _margin);
            case HttpStatusCode.Created:
                throw keystone.Unusable("an answer that is no token");
            case HttpStatusCode.Unauthorized:
                var withoutTrust = await keystone.LogIn(LoginScope.None);
                throw withoutTrust.Status switch
                {
                    HttpStatusCode.Created => new TrustRefusedException("Keystone does not know the trust of options.trust_id, or it is over."),
                    HttpStatusCode.Unauthorized => keystone.AccountRefused(),
                    var odd => keystone.Unusable(odd),
                };
            case HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.NotFound:
                throw new TrustRefusedException($"Keystone refuses the trust of options.trust_id with {(int)answer.Status}.");
            default:
                throw keystone.Unusable(answer.Status);
        }
    }

    private sealed record Kept(string Value, DateTimeOffset Until);
}
