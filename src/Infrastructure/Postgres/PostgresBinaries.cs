using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Zaqar.Infrastructure.Postgres;

/// <summary>A PostgreSQL server on this machine.</summary>
/// <param name="Directory">Holds <c>postgres</c> and <c>initdb</c>.</param>
/// <param name="Major">Decides which clusters it can read: 15, 16, ...</param>
internal sealed partial record PostgresBinaries(string Directory, int Major)
{
    private const string DebianRoot = "/usr/lib/postgresql";
    private static readonly TimeSpan ToolTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The first of: Debian's packages, newest first; the search path; what npm has brought before; what npm can bring now.
    /// </summary>
    /// <param name="major">The version that existing data need; null takes any.</param>
    /// <exception cref="DatabaseNotStartedException">There is none, or none that reads the data.</exception>
    public static async Task<PostgresBinaries> Find(DataHome home, int? major, ILogger logger, CancellationToken ct)
    {
        PostgresBinaries? other = null;
        await foreach (var found in Installed(home, ct))
        {
            if (major is null || found.Major == major)
                return found;
            other ??= found;
        }
        return other is null
            ? await NpmBinaries.Install(home, logger, ct)
            : throw Cluster.WrongMajor(home, major!.Value, other);
    }

    /// <summary>The server in a directory; null when there is none.</summary>
    public static async Task<PostgresBinaries?> In(string directory, CancellationToken ct)
    {
        var server = Path.Combine(directory, "postgres");
        if (!File.Exists(server) || !File.Exists(Path.Combine(directory, "initdb")))
            return null;
        var answer = await Command.Run(server, ["--version"], ToolTimeout, ct, bare: true);
        return Version().Match(answer.Output) is { Success: true } version
            ? new(directory, int.Parse(version.ValueSpan, CultureInfo.InvariantCulture))
            : throw new DatabaseNotStartedException($"{server} does not say its version: {answer.Output.Trim()}");
    }

    private static async IAsyncEnumerable<PostgresBinaries> Installed(
        DataHome home, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var directory in Debian().Concat(SearchPath()))
            if (await In(directory, ct) is { } found)
                yield return found;
        if (Tools.OnPath("pg_config") is { } config
            && await Command.Run(config, ["--bindir"], ToolTimeout, ct, bare: true) is { ExitCode: 0 } configured
            && await In(configured.Output.Trim(), ct) is { } developed)
            yield return developed;
        if (await NpmBinaries.Installed(home, ct) is { } brought)
            yield return brought;
    }

    private static IEnumerable<string> Debian() =>
        System.IO.Directory.Exists(DebianRoot)
            ? System.IO.Directory.EnumerateDirectories(DebianRoot)
                .Where(version => int.TryParse(Path.GetFileName(version), NumberStyles.None, CultureInfo.InvariantCulture, out _))
                .OrderByDescending(version => int.Parse(Path.GetFileName(version), CultureInfo.InvariantCulture))
                .Select(version => Path.Combine(version, "bin"))
            : [];

    private static IEnumerable<string> SearchPath() =>
        Tools.OnPath("postgres") is { } server
            ? [Path.GetDirectoryName(File.ResolveLinkTarget(server, returnFinalTarget: true)?.FullName ?? server)!]
            : [];

    [GeneratedRegex(@"(?<=\(PostgreSQL\) )\d+")]
    private static partial Regex Version();
}
