using Microsoft.Extensions.Logging;

namespace Zaqar.Infrastructure.Postgres;

internal static partial class PostgresLog
{
    [LoggerMessage(1, LogLevel.Information, "PostgreSQL {Major} from {Binaries} serves the data in {Cluster}; started in {Elapsed} ms.")]
    public static partial void Started(ILogger logger, int major, string binaries, string cluster, long elapsed);

    [LoggerMessage(2, LogLevel.Information, "Creating a PostgreSQL cluster in {Cluster}.")]
    public static partial void Creating(ILogger logger, string cluster);

    [LoggerMessage(3, LogLevel.Information, "Installing {Package} {Version} with npm in {Directory}.")]
    public static partial void Installing(ILogger logger, string package, string version, string directory);

    [LoggerMessage(4, LogLevel.Warning, "The user {User}, who runs PostgreSQL, cannot enter {DataDirectory}: the data are in {Path}.")]
    public static partial void Relocated(ILogger logger, string user, string dataDirectory, string path);

    [LoggerMessage(5, LogLevel.Warning, "An earlier service left its PostgreSQL (process {Process}) running on {Cluster}: stopping it.")]
    public static partial void TakingOver(ILogger logger, int process, string cluster);

    [LoggerMessage(6, LogLevel.Information, "PostgreSQL is recovering.")]
    public static partial void Recovering(ILogger logger);

    [LoggerMessage(8, LogLevel.Information, "Made a key for the encryption of messages in {File}; without it what it encrypts is lost.")]
    public static partial void KeyMade(ILogger logger, string file);

    [LoggerMessage(9, LogLevel.Warning, "{File} was not there beside data that were, and another key was made. What was encrypted with the key that is "
        + "missing, if anything was, stays unreadable: put its file back before anything is encrypted with the new one.")]
    public static partial void KeyMissed(ILogger logger, string file);

    [LoggerMessage(7, LogLevel.Critical, "PostgreSQL (process {Process}) ended by itself with exit code {ExitCode}; its log is server.log in the data directory.")]
    public static partial void Ended(ILogger logger, int process, int exitCode);
}
