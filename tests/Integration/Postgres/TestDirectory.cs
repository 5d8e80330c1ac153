using System.Diagnostics;

namespace Zaqar.Integration.Postgres;

/// <summary>
/// Fresh directories for test clusters, in one place that is cleared when the test process ends, however it ends: a shell outside the
/// process waits for that, stops whatever servers are left there, and removes the files.
/// </summary>
internal static class TestDirectory
{
    private const string Reaper = """
        read -r _
        for file in $(find "$0" -name postmaster.pid); do kill -QUIT "$(head -n 1 "$file")"; done
        for try in $(seq 100); do [ -z "$(find "$0" -name postmaster.pid)" ] && break; sleep 0.05; done
        rm -rf "$0"
        """;

    // The reaper reads from this process's end of a pipe, which closes with the process.
    private static readonly Lazy<(string Path, Process Reaper)> Root = new(Create);

    /// <summary>A path below which nothing exists yet. Every user can come to it.</summary>
    public static string New() => Path.Combine(Root.Value.Path, Path.GetRandomFileName());

    private static (string Path, Process Reaper) Create()
    {
        var path = Path.Combine(Path.GetTempPath(), "zaqar-tests-" + Path.GetRandomFileName());
        Directory.CreateDirectory(path);
        var reaper = Process.Start(new ProcessStartInfo("setsid", ["sh", "-c", Reaper, path])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        return (path, reaper);
    }
}
