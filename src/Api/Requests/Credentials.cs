using Microsoft.Extensions.Primitives;

namespace Zaqar.Api.Requests;

/// <summary>Who asks, as the policy sees it.</summary>
/// <param name="Project">Empty only for the version document.</param>
/// <param name="User">Id from the identity service; null without one.</param>
/// <param name="Roles">Names, compared without regard to case.</param>
internal sealed record Credentials(string Project, string? User, IReadOnlyList<string> Roles)
{
    /// <summary>Of who may see what anyone may.</summary>
    public static Credentials None { get; } = new("", null, []);

    /// <summary>Reads <c>X-Roles</c>: separated by commas, spaces around them do not count.</summary>
    public static IReadOnlyList<string> RolesIn(StringValues given) =>
        given.Count == 0 ? [] : given.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
