using System.Security.Cryptography;
using System.Text;

namespace Zaqar.Domain.Queues;

/// <summary>A queue's name within its project: everything is found by project first.</summary>
/// <param name="Project">1 to 256 characters, any.</param>
/// <param name="Name">1 to 64 of ASCII letters, digits, <c>_</c>, <c>-</c>, <c>.</c>.</param>
public readonly record struct QueueId(string Project, string Name) : IComparable<QueueId>
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxNameLength = 64;

    /// <summary>Whether <paramref name="name"/> may name a queue. Source: API contract, section 1.9.</summary>
    public static bool IsName(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > MaxNameLength)
            return false;

        foreach (var c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.'))
                return false;

        return true;
    }

    /// <summary>
    /// The key of one incarnation's rows: a queue that is deleted and made anew has another, so rows of the two never mix.
    /// Derived, so that any event tells it: the first 16 bytes of SHA-256 over project, name and incarnation.
    /// </summary>
    public Guid Key(int incarnation) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{Project}\0{Name}\0{incarnation}")).AsSpan(0, 16), bigEndian: true);

    /// <summary>One order for all who take several queues at once, so that they never wait for each other in a circle.</summary>
    public int CompareTo(QueueId other)
    {
        var byProject = string.CompareOrdinal(Project, other.Project);
        return byProject != 0 ? byProject : string.CompareOrdinal(Name, other.Name);
    }

    public static bool operator <(QueueId left, QueueId right) => left.CompareTo(right) < 0;
    public static bool operator >(QueueId left, QueueId right) => left.CompareTo(right) > 0;
    public static bool operator <=(QueueId left, QueueId right) => left.CompareTo(right) <= 0;
    public static bool operator >=(QueueId left, QueueId right) => left.CompareTo(right) >= 0;
}
