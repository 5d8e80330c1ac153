using System.Collections.Concurrent;
using Zaqar.Application.Identity;

namespace Zaqar.Integration.WebSockets;

/// <summary>Tokens that a test gives out itself.</summary>
internal sealed class SocketTokens : ITokens
{
    private readonly ConcurrentDictionary<string, Identity> _valid = [];

    /// <summary>Whether nobody can say now what is valid.</summary>
    public bool IsAway { get; set; }

    /// <summary>A new token.</summary>
    /// <param name="project">Null for a token that is for none.</param>
    /// <param name="lasts">An hour unless given.</param>
    public string For(string? project, TimeSpan? lasts = null, params string[] roles)
    {
        var token = $"secret-{Guid.NewGuid():N}";
        _valid[token] = new(project, "user", roles, TimeProvider.System.GetUtcNow() + (lasts ?? TimeSpan.FromHours(1)));
        return token;
    }

    public Task<Identity?> Validate(string token, CancellationToken ct) =>
        IsAway ? throw new IdentityUnavailable() : Task.FromResult(_valid.GetValueOrDefault(token));
}
