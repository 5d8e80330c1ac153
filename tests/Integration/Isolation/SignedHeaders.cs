using Zaqar.Domain;

namespace Zaqar.Integration.Isolation;

/// <summary>The headers of a pre-signed URL, to be sent as they are or spoiled.</summary>
internal sealed record SignedHeaders(string Signature, string Expires, string Methods, string Paths, string Project)
{
    public const string Later = "2099-01-01T00:00:00";

    /// <summary>What is right, unless <paramref name="key"/> is another than the service's.</summary>
    public static SignedHeaders Of(string project, string method, string path, string expires = Later, string key = IsolatedService.Key) =>
        new(UrlSignature.Of(key, path.Split(','), method.Split(','), project, expires), expires, method, path, project);

    public (string Name, string Value)[] All =>
    [
        ("URL-Signature", Signature), ("URL-Expires", Expires), ("URL-Methods", Methods), ("URL-Paths", Paths), ("X-Project-ID", Project),
    ];

    /// <summary>Each way to spoil a right one that keeps a signature; the name says which.</summary>
    /// <param name="stranger">Somebody whose project is another.</param>
    public static IEnumerable<(string Name, SignedHeaders Headers)> Wrong(string project, string method, string path, string queue, string stranger)
    {
        var right = Of(project, method, path);
        var (otherMethod, otherPath) = (method == "GET" ? "DELETE" : "GET", path.Contains(queue, StringComparison.Ordinal)
            ? path.Replace(queue, $"{queue}x", StringComparison.Ordinal) : "/v2/queues/another");

        yield return ("for another queue", Of(project, method, otherPath));
        yield return ("for another queue, the path put right", Of(project, method, otherPath) with { Paths = path });
        yield return ("for another queue, the path put in", Of(project, method, otherPath) with { Paths = $"{otherPath},{path}" });
        yield return ("for a topic instead of a queue, or a queue instead of a topic", Of(project, method, path.Contains("/topics", StringComparison.Ordinal)
            ? path.Replace("/topics", "/queues", StringComparison.Ordinal) : path.Replace("/queues", "/topics", StringComparison.Ordinal) + (path.Contains("/queues", StringComparison.Ordinal) ? "" : "x")));
        yield return ("for the beginning of a name", Of(project, method, path.Length > 4 ? path[..^2] : "/v"));
        yield return ("for a pattern", Of(project, method, path[..^1] + "."));
        yield return ("for everything", Of(project, method, "/"));
        yield return ("for no path", Of(project, method, ""));
        yield return ("for another method", Of(project, otherMethod, path));
        yield return ("for another method, put right", Of(project, otherMethod, path) with { Methods = method });
        yield return ("for another method, this one put in", Of(project, otherMethod, path) with { Methods = $"{otherMethod},{method}" });
        yield return ("for the method in small letters", Of(project, method.ToLowerInvariant(), path));
        yield return ("for no method", Of(project, "", path));
        yield return ("that is over", Of(project, method, path, "2020-01-01T00:00:00"));
        yield return ("that is over, the time put right", Of(project, method, path, "2020-01-01T00:00:00") with { Expires = Later });
        yield return ("for a time with a zone", Of(project, method, path, $"{Later}Z"));
        yield return ("for a day", Of(project, method, path, "2099-01-01"));
        yield return ("for ever", Of(project, method, path, ""));
        yield return ("for another project", Of(stranger, method, path) with { Project = project });
        yield return ("for no project", Of("None", method, path) with { Project = project });
        yield return ("for nobody", Of("", method, path) with { Project = "" });
        yield return ("by another key", Of(project, method, path, key: "another key"));
        yield return ("by no key", Of(project, method, path, key: ""));
        yield return ("in capitals", right with { Signature = right.Signature.ToUpperInvariant() });
        yield return ("cut short", right with { Signature = right.Signature[..^1] });
        yield return ("and one letter", right with { Signature = $"{right.Signature}0" });
        yield return ("of zeros", right with { Signature = new('0', 64) });
        yield return ("with another first letter", right with { Signature = (right.Signature[0] == '0' ? '1' : '0') + right.Signature[1..] });
        yield return ("with another time", right with { Expires = "2099-01-01T00:00:01" });
        yield return ("with one more method", right with { Methods = $"{method},{otherMethod}" });
        yield return ("with one more path", right with { Paths = $"{path},{otherPath}" });
        yield return ("with a path above it", right with { Paths = $"/v2,{path}" });
        yield return ("with another project", right with { Project = $"{project}x" });
        yield return ("with a stranger's project", right with { Project = stranger });
    }
}
