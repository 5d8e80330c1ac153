using Zaqar.Integration.Identity;

namespace Zaqar.Integration.Isolation;

/// <summary>Texts that look like a token for somebody's project, and are none.</summary>
internal sealed class BadTokens(FakeKeystone keystone, Tenant owner)
{
    public string Expired { get; } = keystone.Give(owner.Project, life: TimeSpan.FromSeconds(-1));

    public string Revoked { get; } = Taken(keystone, keystone.Give(owner.Project));

    public string OfNoProject { get; } = keystone.Give(project: null);

    /// <summary>All that is refused like nothing at all, each with a name.</summary>
    public IEnumerable<(string Name, string Token)> All =>
    [
        ("an empty token", ""),
        ("garbage", "garbage"),
        ("a project for a token", owner.Project),
        ("a token cut short", owner.Token[..^1]),
        ("a token and one letter", $"{owner.Token}x"),
        ("a token in capitals", owner.Token.ToUpperInvariant()),
        ("an expired token", Expired),
        ("a revoked token", Revoked),
    ];

    private static string Taken(FakeKeystone keystone, string token)
    {
        keystone.Revoke(token);
        return token;
    }
}
