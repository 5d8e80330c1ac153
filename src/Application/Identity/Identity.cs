namespace Zaqar.Application.Identity;

/// <summary>Whom a token speaks for.</summary>
/// <param name="Project">Id; null where the token is for no project.</param>
/// <param name="User">Id, opaque.</param>
/// <param name="Roles">Names.</param>
/// <param name="ExpiresAt">When the token is over.</param>
public sealed record Identity(string? Project, string User, IReadOnlyList<string> Roles, DateTimeOffset ExpiresAt);
