using System.Text.RegularExpressions;

namespace Zaqar.Integration.Isolation;

/// <summary>Makes two answers comparable that differ by nothing but who asked when, and by the ids that the requests named.</summary>
internal static partial class Comparable
{
    public static string Of(string answer, Belongings named)
    {
        foreach (var kind in Belongings.Kinds)
            answer = answer.Replace(named.Fill($"{{{kind}}}"), $"<{kind}>", StringComparison.Ordinal);

        answer = Hex().Replace(answer, "<hex>");
        answer = Age().Replace(answer, "$1<age>");
        return Instant().Replace(answer, "<instant>");
    }

    // Ids, projects and signatures, also those that an answer has made itself.
    [GeneratedRegex("[0-9a-f]{64}|[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Hex();

    [GeneratedRegex("(\"age\": ?)[0-9]+")]
    private static partial Regex Age();

    [GeneratedRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z?")]
    private static partial Regex Instant();
}
