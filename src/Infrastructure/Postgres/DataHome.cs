using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Zaqar.Infrastructure.Postgres;

/// <summary>
/// The directory of one embedded server, held by one process at a time: <c>postgres/</c> (the cluster), <c>socket/</c>,
/// <c>binaries/</c> (what npm brought), <c>postgresql.conf</c>, <c>server.log</c>, <c>encryption.key</c>, <c>zaqar.lock</c> and <c>zaqar.pid</c>.
/// <para>
/// It is the data directory itself, unless root starts the service where the server's user cannot come, such as in <c>/root</c>.
/// Then it is a directory below <see cref="EmbeddedPostgresOptions.SharedRoot"/>, and a link <c>cluster</c> in the data directory points there.
/// </para>
/// </summary>
internal sealed class DataHome : IDisposable
{
    private const string ClusterName = "postgres";
    private const string LinkName = "cluster";
    private const string KeyName = "encryption.key";
    private const int KeyBytes = 32;
    private const int WouldBlock = 11; // EWOULDBLOCK on Linux

    private static readonly TimeSpan ToolTimeout = TimeSpan.FromSeconds(10);
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Traversable = Private
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly FileStream _lock;

    private DataHome(string path, string? user, FileStream held)
    {
        (Path, User, _lock) = (path, user, held);
        SocketDirectory = SocketDirectoryFor(path);
    }

    public string Path { get; }

    /// <summary>Who runs the server: PostgreSQL refuses root. Null: whoever runs the service.</summary>
    public string? User { get; }

    public string Cluster => System.IO.Path.Combine(Path, ClusterName);
    public string Binaries => System.IO.Path.Combine(Path, "binaries");
    public string Configuration => System.IO.Path.Combine(Path, "postgresql.conf");
    public string Log => System.IO.Path.Combine(Path, "server.log");
    public string SocketDirectory { get; }
    public string Socket => System.IO.Path.Combine(SocketDirectory, ".s.PGSQL.5432");

    /// <summary>Takes the home that belongs to a data directory, creating both when missing.</summary>
    /// <exception cref="DatabaseNotStartedException">Another process holds it, or it cannot be used.</exception>
    public static async Task<DataHome> Open(string dataDirectory, string sharedRoot, ILogger logger, CancellationToken ct)
    {
        dataDirectory = System.IO.Path.GetFullPath(dataDirectory);
        try
        {
            CreateDirectory(dataDirectory);
            var path = Linked(dataDirectory) ?? dataDirectory;
            var user = Environment.IsPrivilegedProcess ? await ServerUser(System.IO.Path.Combine(path, ClusterName), ct) : null;
            if (user is not null && !await CanUse(path, user, ct))
                path = await Relocate(dataDirectory, path, user, sharedRoot, logger, ct);
            return new(path, user, Lock(path));
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new DatabaseNotStartedException(
                $"The data directory {dataDirectory} cannot be used by this user ({denied.Message}) "
                + "Start as the user that created it, or set ZAQAR_DATA to another directory.", denied);
        }
    }

    /// <summary>Whether the server's user reaches a file and may execute it, or reaches a directory and may enter it.</summary>
    public Task<bool> CanUse(string path, CancellationToken ct) => CanUse(path, User, ct);

    /// <summary>Creates an empty directory that the server's user alone may enter.</summary>
    public async Task CreatePrivateDirectory(string path, CancellationToken ct)
    {
        if (User is null)
            SetMode(Directory.CreateDirectory(path).FullName, Private);
        else
            await Command.Expect("install", ["-d", "-m", "0700", "-o", User, path], ToolTimeout, ct);
    }

    /// <summary>The key that lies with the cluster, in base64, made when it is missing: so that encryption works without being set up. One that is missing beside data is told of.</summary>
    /// <exception cref="DatabaseNotStartedException">There is a file of its name that this user cannot read, or that holds no key.</exception>
    public async Task<string> EncryptionKey(ILogger logger, CancellationToken ct)
    {
        var file = System.IO.Path.Combine(Path, KeyName);
        try
        {
            if (!File.Exists(file))
            {
                var hasData = Directory.Exists(Cluster);
                await MakeKey(file, ct);
                if (hasData)
                    PostgresLog.KeyMissed(logger, file);
                else
                    PostgresLog.KeyMade(logger, file);
            }

            var key = (await File.ReadAllTextAsync(file, ct)).Trim();
            return Convert.TryFromBase64String(key, new byte[KeyBytes + 1], out var length) && length == KeyBytes
                ? key
                : throw new DatabaseNotStartedException($"{file} holds no key. Bring the right one back, or remove the file and lose what was encrypted.");
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new DatabaseNotStartedException($"{file} cannot be used by this user. Start as the user that created it.", denied);
        }
    }

    // It gets its name when it is whole, and is on the disk before anything is sealed with it.
    private async Task MakeKey(string file, CancellationToken ct)
    {
        var unfinished = file + ".new";
        File.Delete(unfinished);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using (var stream = new FileStream(unfinished, options))
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)) + "\n"), ct);
            stream.Flush(flushToDisk: true);
        }

        File.Move(unfinished, file);
        await Command.Expect("sync", [Path], TimeSpan.FromMinutes(5), ct);
    }

    /// <summary>Makes the place for the server's socket, empty of what a killed server leaves there. None may be running.</summary>
    public async Task CreateSocketDirectory(CancellationToken ct)
    {
        // Outside the home the name can be guessed. Only its owner may change a directory's mode, so this fails on a stranger's.
        if (new DirectoryInfo(SocketDirectory).LinkTarget is not null)
            throw new DatabaseNotStartedException($"{SocketDirectory} is a link; it must be a directory. Remove it.");
        try
        {
            await CreatePrivateDirectory(SocketDirectory, ct);
        }
        catch (UnauthorizedAccessException stranger)
        {
            throw new DatabaseNotStartedException($"{SocketDirectory}, where the server's socket goes, belongs to another user. Remove it.", stranger);
        }

        // The lock beside a socket names a process; PostgreSQL would take a process of that number, even a dead one, for its server.
        foreach (var left in new DirectoryInfo(SocketDirectory).EnumerateFiles(System.IO.Path.GetFileName(Socket) + "*"))
            left.Delete();
    }

    public void Dispose()
    {
        if (!SocketDirectory.StartsWith(Path, StringComparison.Ordinal)
            && Directory.Exists(SocketDirectory) && !Directory.EnumerateFileSystemEntries(SocketDirectory).Any())
            Directory.Delete(SocketDirectory);
        _lock.Dispose();
    }

    /// <summary>Below the home where a socket's path can be short (107 bytes at most) and plain enough; else a short name made of the home's.</summary>
    private static string SocketDirectoryFor(string home)
    {
        var inside = System.IO.Path.Combine(home, "socket");
        var plain = inside.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-');
        if (plain && inside.Length + "/.s.PGSQL.5432.lock".Length <= 107)
            return inside;

        var name = "zaqar-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(home)).AsSpan(0, 8));
        return System.IO.Path.Combine(Environment.IsPrivilegedProcess && Directory.Exists("/run") ? "/run" : "/tmp", name);
    }

    private static void CreateDirectory(string path)
    {
        if (Directory.Exists(path))
            return;
        Directory.CreateDirectory(path);
        // Against a tighter umask: the server's user has to come through when it is not ours.
        SetMode(path, Environment.IsPrivilegedProcess ? Traversable : Private);
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }

    private static string? Linked(string dataDirectory)
    {
        var link = new DirectoryInfo(System.IO.Path.Combine(dataDirectory, LinkName));
        if (link.LinkTarget is not { } target)
            return null;
        return link.Exists
            ? target
            : throw new DatabaseNotStartedException(
                $"{link.FullName} points to {target}, where the data are no longer. Bring them back, or remove the link to start empty.");
    }

    /// <summary>The owner of the cluster that is there, else the package's user, else the one that owns nothing.</summary>
    private static async Task<string> ServerUser(string cluster, CancellationToken ct)
    {
        if (Directory.Exists(cluster))
        {
            var owner = (await Command.Expect("stat", ["-c", "%U", cluster], ToolTimeout, ct)).Trim();
            if (owner is not ("root" or "UNKNOWN"))
                return owner;
        }
        return File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";
    }

    private static async Task<bool> CanUse(string path, string? user, CancellationToken ct) =>
        (await Command.Run("test", ["-x", path], ToolTimeout, ct, user)).ExitCode == 0;

    private static async Task<string> Relocate(
        string dataDirectory, string unreachable, string user, string sharedRoot, ILogger logger, CancellationToken ct)
    {
        if (Directory.Exists(System.IO.Path.Combine(unreachable, ClusterName)))
            throw new DatabaseNotStartedException(
                $"The user '{user}', who owns the cluster in {unreachable}, cannot come there: a directory above it is closed to others. "
                + "Open it (chmod o+x), or set ZAQAR_DATA to another directory.");

        CreateDirectory(sharedRoot);
        // Never a name made of the data directory's: who removes that directory wants an empty database next time.
        var path = System.IO.Path.Combine(sharedRoot, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
        CreateDirectory(path);
        if (!await CanUse(path, user, ct))
        {
            Directory.Delete(path);
            throw new DatabaseNotStartedException(
                $"The user '{user}', who is to run PostgreSQL, can come neither to {unreachable} nor to {sharedRoot}: a directory above is closed to others. "
                + "Set ZAQAR_DATA to a directory that it can reach.");
        }
        try
        {
            Directory.CreateSymbolicLink(System.IO.Path.Combine(dataDirectory, LinkName), path);
        }
        catch (IOException) when (Linked(dataDirectory) is not null)
        {
            Directory.Delete(path);
            return Linked(dataDirectory)!; // Another process was first.
        }
        PostgresLog.Relocated(logger, user, dataDirectory, path);
        return path;
    }

    /// <summary>The operating system's lock: it goes when the process goes, however that happens.</summary>
    private static FileStream Lock(string path)
    {
        // Beside the lock, which nobody else can open: whom to name to the one who comes second.
        var holder = System.IO.Path.Combine(path, "zaqar.pid");
        try
        {
            var held = new FileStream(System.IO.Path.Combine(path, "zaqar.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(holder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return held;
        }
        catch (IOException taken) when (taken.HResult == WouldBlock)
        {
            var process = File.Exists(holder) ? $" (process {File.ReadAllText(holder)})" : "";
            throw new DatabaseNotStartedException(
                $"The data in {path} are in use by another Zaqar{process}. Stop it first, or set ZAQAR_DATA to another directory.", taken);
        }
    }
}
