using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Zaqar.Infrastructure.Postgres;

/// <summary>The database files of an embedded server: how they come to be, and which server can read them.</summary>
internal static class Cluster
{
    private static readonly TimeSpan CreateTimeout = TimeSpan.FromMinutes(5);

    /// <summary>The major version that wrote the cluster; null when there is none yet.</summary>
    /// <exception cref="DatabaseNotStartedException">There is one that this process may not read, or that is not whole.</exception>
    public static int? Major(DataHome home)
    {
        if (!Directory.Exists(home.Cluster))
            return null;
        try
        {
            return int.Parse(File.ReadAllText(Path.Combine(home.Cluster, "PG_VERSION")), CultureInfo.InvariantCulture);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new DatabaseNotStartedException(
                $"{home.Cluster} is not a cluster that this user can read ({unreadable.Message}) "
                + "Start as the user that created it, or set ZAQAR_DATA to another directory.", unreadable);
        }
    }

    public static DatabaseNotStartedException WrongMajor(DataHome home, int major, PostgresBinaries binaries) => new(
        $"The data in {home.Cluster} were written by PostgreSQL {major}; the server found in {binaries.Directory} is PostgreSQL {binaries.Major}. "
        + $"Install PostgreSQL {major} (Debian: postgresql-{major}), or carry the data over with pg_upgrade, or set ZAQAR_DATA to another directory.");

    /// <summary>
    /// Creates an empty cluster, whole or not at all: it gets its name when it is complete.
    /// Text is UTF-8 and sorts by code point; a connection over the Unix socket needs no password, any other is rejected.
    /// </summary>
    public static async Task Create(DataHome home, PostgresBinaries binaries, string superuser, ILogger logger, CancellationToken ct)
    {
        PostgresLog.Creating(logger, home.Cluster);
        var unfinished = home.Cluster + ".new";
        if (Directory.Exists(unfinished))
            Directory.Delete(unfinished, recursive: true);
        await home.CreatePrivateDirectory(unfinished, ct);

        var initdb = await Command.Run(
            Path.Combine(binaries.Directory, "initdb"),
            ["-D", unfinished, "-U", superuser, "--encoding=UTF8", "--locale=C", "--auth-local=trust", "--auth-host=reject"],
            CreateTimeout, ct, home.User, bare: true);
        if (initdb.ExitCode != 0)
            throw new DatabaseNotStartedException($"initdb could not create a cluster in {home.Cluster}:\n{initdb.Output}");

        Directory.Move(unfinished, home.Cluster);
        // The name must be as durable as what will be acknowledged under it.
        await Command.Expect("sync", [home.Path], CreateTimeout, ct);
    }
}
