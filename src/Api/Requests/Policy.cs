namespace Zaqar.Api.Requests;

/// <summary>
/// Who may do what: the shipped defaults, by which health alone is for administrators. Without an identity service the roles
/// are what the client says they are, in <c>X-Roles</c>. Source: API contract, section 9.4.
/// </summary>
internal static class Policy
{
    /// <param name="rule">Null where there is none.</param>
    public static bool Allows(string? rule, HttpContext context) => rule is not "health:get" || HasRole(context, "admin");

    private static bool HasRole(HttpContext context, string role)
    {
        foreach (var header in context.Request.Headers["X-Roles"])
            foreach (var given in (header ?? "").Split(',', StringSplitOptions.TrimEntries))
                if (given.Equals(role, StringComparison.OrdinalIgnoreCase))
                    return true;

        return false;
    }
}
