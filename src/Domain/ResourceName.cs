namespace Zaqar.Domain;

/// <summary>Names of pools and flavors: the API asks only for their length, so whatever can stand in a path is one.</summary>
/// <remarks>Source: API contract, section 1.9.</remarks>
public static class ResourceName
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxLength = 64;

    /// <summary>
    /// Whether a name may be given to something new. Not to be had are names that a path loses or changes on its way: with a slash or
    /// backslash, with control characters, of dots, or with U+FFFD, which stands for bytes that were no text.
    /// </summary>
    public static bool IsName(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > MaxLength || name is "." or "..")
            return false;

        foreach (var c in name)
            if (char.IsControl(c) || c is '/' or '\\' or '\uFFFD')
                return false;

        return true;
    }
}

/// <summary>Nothing new may have that name.</summary>
/// <param name="what">What it is to be the name of: a pool.</param>
public sealed class ResourceNameInvalid(string what)
    : RejectedException(ErrorKind.InvalidRequest,
        $"The name of a {what} has 1 to {ResourceName.MaxLength} characters, is not of dots alone, and has no slashes and no control characters.");
