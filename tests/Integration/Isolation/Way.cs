namespace Zaqar.Integration.Isolation;

/// <summary>One way to ask an operation, written as templates that <see cref="Belongings.Fill"/> fills, and what the owner of what it names is answered.</summary>
/// <param name="Status">What the owner is answered.</param>
/// <param name="Body">Empty for none.</param>
/// <param name="Query">With its question mark.</param>
internal sealed record Way(int Status, string Body = "", string Query = "")
{
    public string Name { get; init; } = "as it is";

    /// <summary>In place of the route's pattern; null for that.</summary>
    public string? Path { get; init; }

    public string ContentType { get; init; } = "application/json";

    /// <summary>Whether it leaves anything else behind than there was.</summary>
    public bool Changes { get; init; }

    /// <summary>Whether it names a thing of that kind; of <c>everything</c>, whether it names anything.</summary>
    /// <param name="pattern">The route's.</param>
    public bool Names(string kind, string pattern = "") =>
        (kind == "everything" ? Belongings.Kinds : [kind]).Any(one => $"{Path ?? pattern}{Query}{Body}".Contains($"{{{one}}}", StringComparison.Ordinal));
}
