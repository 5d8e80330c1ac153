using System.Security.Cryptography;
using System.Text;

namespace Zaqar.Domain.Queues;

/// <summary>A queue's name within its project, or a topic's: everything is found by project first.</summary>
/// <param name="Project">1 to 256 characters, any.</param>
/// <param name="Name">
/// As it is stored: a queue's is 1 to 64 of ASCII letters, digits, <c>_</c>, <c>-</c>, <c>.</c>; a topic's is such a name behind a tilde, which no
/// queue's can have in it.
/// </param>
/// <remarks>A topic is a queue under a name of its own, so that the two never meet and share everything else. Source: ADR 0017.</remarks>
public readonly record struct QueueId(string Project, string Name) : IComparable<QueueId>
{
    /// <summary>Longest name that a client may give, in characters.</summary>
    public const int MaxNameLength = 64;

    /// <summary>Sorts behind every name that a queue is stored under, and before every topic's.</summary>
    public const string EndOfQueues = "~";

    /// <summary>Sorts behind every name that a topic is stored under.</summary>
    public const string EndOfTopics = "\u007f";

    private const char TopicMark = '~';

    public bool IsTopic => Name is [TopicMark, ..];

    /// <summary>The name that clients know it by.</summary>
    public string ShownName => IsTopic ? Name[1..] : Name;

    /// <summary>What clients call its kind: <c>queue</c> or <c>topic</c>.</summary>
    public string Noun => IsTopic ? "topic" : "queue";

    /// <param name="topic">As clients give it; queues of that name are others.</param>
    public static QueueId OfTopic(string project, string topic) => new(project, TopicMark + topic);

    /// <summary>Whether a client may give <paramref name="name"/> to a queue, or to a topic. Source: API contract, section 1.9.</summary>
    public static bool IsName(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > MaxNameLength)
            return false;

        foreach (var c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.'))
                return false;

        return true;
    }

    /// <summary>Whether a queue or a topic may be stored under <paramref name="name"/>.</summary>
    public static bool IsStoredName(ReadOnlySpan<char> name) => IsName(name is [TopicMark, .. var topic] ? topic : name);

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
