namespace Zaqar.Api.Policies;

/// <summary>Where the operator's policy is; section <c>Zaqar:Policy</c>, the original's <c>[oslo_policy]</c>.</summary>
internal sealed record PolicySettings
{
    /// <summary>The name that is looked for when none is given.</summary>
    public const string DefaultFile = "policy.yaml";

    /// <summary>
    /// Relative to the settings file's directory. Null or empty takes <see cref="DefaultFile"/> there if it exists when the service starts or comes
    /// later; a file that is named has to exist.
    /// </summary>
    public string? File { get; init; }
}
