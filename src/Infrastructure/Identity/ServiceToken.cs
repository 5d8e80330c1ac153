using System.Net;

namespace Zaqar.Infrastructure.Identity;

/// <summary>The service's own token, for its own project: kept until shortly before it ends, and renewed by one login at a time.</summary>
internal sealed class ServiceToken(KeystoneClient keystone, TimeProvider time)
{
    // One this near its end could run out under way.
    private static readonly TimeSpan _margin = TimeSpan.FromSeconds(30);

    private Lazy<Task<OwnLogin>>? _login;

    /// <summary>The token that is kept, or a new one.</summary>
    /// <param name="refused">One that Keystone no longer takes, which is renewed unless somebody has done so already.</param>
    /// <exception cref="KeystoneUnavailableException">No token now; perhaps later.</exception>
    public Task<OwnLogin> Get(OwnLogin? refused = null, CancellationToken ct = default)
    {
        var kept = Volatile.Read(ref _login);
        if (IsUsable(kept, refused))
            return kept!.Value.WaitAsync(ct);

        // Whoever comes at the same time shares the login, and its failure too.
        var fresh = new Lazy<Task<OwnLogin>>(LogIn);
        var found = Interlocked.CompareExchange(ref _login, fresh, kept);
        return (ReferenceEquals(found, kept) ? fresh : found!).Value.WaitAsync(ct);
    }

    private bool IsUsable(Lazy<Task<OwnLogin>>? login, OwnLogin? refused) => login is not null && (
        !login.IsValueCreated || !login.Value.IsCompleted
        || (login.Value.IsCompletedSuccessfully && login.Value.Result is var own && own != refused && own.Known.ExpiresAt - _margin > time.GetUtcNow()));

    private async Task<OwnLogin> LogIn()
    {
        var answer = await keystone.LogIn(LoginScope.OwnProject);
        return answer.Status switch
        {
            HttpStatusCode.Created when answer.Token is { } token && KeystoneToken.Read(answer.Body.Span) is { } known => new(token, known),
            HttpStatusCode.Created => throw keystone.Unusable("an answer that is no token"),
            HttpStatusCode.Unauthorized => throw keystone.AccountRefused(),
            _ => throw keystone.Unusable(answer.Status),
        };
    }
}

/// <param name="Value">A secret.</param>
internal sealed record OwnLogin(string Value, KeystoneToken Known)
{
    // Secrets print as nothing.
    public override string ToString() => nameof(OwnLogin);
}
