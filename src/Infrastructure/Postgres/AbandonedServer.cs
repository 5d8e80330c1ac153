using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Zaqar.Infrastructure.Postgres;

/// <summary>
/// A server that outlived the service that started it, or the remains of one that was itself killed. Whoever holds the
/// <see cref="DataHome"/> owns the cluster, so these are stopped rather than respected.
/// </summary>
internal static class AbandonedServer
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan ToolTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Ends every server process of the cluster: fast, then immediately, then by force. Costs nothing after a clean stop.</summary>
    /// <exception cref="DatabaseNotStartedException">They do not end.</exception>
    public static async Task Stop(DataHome home, ILogger logger, CancellationToken ct)
    {
        var pidFile = Path.Combine(home.Cluster, "postmaster.pid");
        if (!File.Exists(pidFile))
            return;

        // /proc shows directories by their real names.
        var cluster = (await Command.Expect("readlink", ["-f", home.Cluster], ToolTimeout, ct)).Trim();
        var main = int.TryParse(File.ReadLines(pidFile).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0;

        if (ServersIn(cluster).Contains(main))
        {
            PostgresLog.TakingOver(logger, main, home.Cluster);
            ServerSignal.Interrupt.Send(main);
            await Gone(cluster, TimeSpan.FromSeconds(30), ct);
        }
        foreach (var signal in new[] { ServerSignal.Quit, ServerSignal.Kill })
        {
            // Without its main process the others leave one by one; nothing that they still do can become durable.
            foreach (var process in ServersIn(cluster))
                signal.Send(process);
            await Gone(cluster, TimeSpan.FromSeconds(5), ct);
        }
        if (ServersIn(cluster) is [var stuck, ..])
            throw new DatabaseNotStartedException($"A PostgreSQL process ({stuck}) of an earlier run on {home.Cluster} does not end. Stop it, then start again.");

        // A stale number may meanwhile be another process's, and PostgreSQL would take that for a living server.
        File.Delete(pidFile);
    }

    private static async Task Gone(string cluster, TimeSpan limit, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < limit && ServersIn(cluster).Count > 0)
            await Task.Delay(PollInterval, ct);
    }

    /// <summary>All processes of a server work in its data directory. A dead one that nobody has waited for yet shows none.</summary>
    private static List<int> ServersIn(string cluster)
    {
        var found = new List<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && new FileInfo(Path.Combine(directory, "cwd")).LinkTarget == cluster
                && IsServer(directory))
                found.Add(pid);
        return found;
    }

    private static bool IsServer(string directory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, "comm")).Trim() is "postgres" or "postmaster";
        }
        catch (IOException)
        {
            return false; // It ended in between.
        }
    }
}
