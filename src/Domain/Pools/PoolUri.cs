using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Zaqar.Domain.Pools;

/// <summary>
/// Where a pool's database is: <c>postgresql://user:secret@host:port/database?options</c>, as libpq writes it, read strictly. Parts that have
/// other characters than a URI may are percent-encoded.
/// </summary>
/// <remarks>
/// A server on this machine is reached through its socket's directory, <c>?host=/run/postgresql</c>. The password stands in the URI or, with
/// <c>?password_from=NAME</c>, in the service's configuration. Refusals quote nothing of it. Source: API contract, section 10; libpq, 34.1.1.2.
/// </remarks>
public sealed class PoolUri
{
    /// <summary>What stands in a password's place.</summary>
    public const string Mask = "***";

    private const int DefaultPort = 5432;

    /// <summary>PostgreSQL cuts longer names off.</summary>
    private const int MaxNameBytes = 63;

    private static readonly UTF8Encoding _strictUtf8 = new(false, throwOnInvalidBytes: true);

    private static readonly string[] _sslModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

    private PoolUri(string text, Parts parts)
    {
        var (at, length) = parts.Password;
        (Text, Host, Port, Database, User) = (text, parts.Host, parts.Port, parts.Database, parts.User);
        (PasswordFrom, SslMode, ConnectTimeout, ApplicationName) = (parts.PasswordFrom, parts.SslMode, parts.ConnectTimeout, parts.ApplicationName);
        if (length == 0)
        {
            Shown = text;
            return;
        }

        Shown = string.Concat(text.AsSpan(0, at), Mask, text.AsSpan(at + length));
        IsMasked = Shown == text;
        Password = Decoded(text.AsSpan(at, length), "password");
    }

    /// <summary>The whole as the client wrote it, its password included: not for a log, an answer or a table.</summary>
    public string Text { get; }

    /// <summary>The whole with <see cref="Mask"/> for its password.</summary>
    public string Shown { get; }

    /// <summary>Whether the client wrote the mask itself.</summary>
    public bool IsMasked { get; }

    /// <summary>A name, an address, or the directory of a socket, which begins with a slash.</summary>
    public string Host { get; }

    public int Port { get; }

    public string Database { get; }

    public string User { get; }

    /// <summary>Null without one.</summary>
    public string? Password { get; }

    /// <summary>Under which name the service's configuration has the password; null where it is in the URI or there is none.</summary>
    public string? PasswordFrom { get; }

    /// <summary>As libpq names it; null without one.</summary>
    public string? SslMode { get; }

    /// <summary>Seconds; null without one.</summary>
    public int? ConnectTimeout { get; }

    public string? ApplicationName { get; }

    /// <summary>The database that it points at, however the rest of it is written. Two names of one host are two.</summary>
    public string Target => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}/{Database}");

    /// <summary>Reads a URI.</summary>
    /// <exception cref="PoolUriInvalid">It is of another store, or not as it must be.</exception>
    public static PoolUri Parse(string text)
    {
        if (text.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw Bad("A pool's uri is of printable ASCII characters; others are percent-encoded.");

        if (text.Contains('#', StringComparison.Ordinal))
            throw Bad("A pool's uri has no fragment; a # within it is written %23.");

        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0 || text[..scheme].ToLowerInvariant() is not ("postgresql" or "postgres"))
            throw Bad("Pools are PostgreSQL databases: a pool's uri begins with postgresql:// or postgres://. There are no MongoDB, Redis, Swift, "
                + "SQLite, MySQL or other stores here.");

        return new(text, Read(text, scheme + "://".Length));
    }

    /// <summary>Without the password.</summary>
    public override string ToString() => Shown;

    private static Parts Read(string text, int start)
    {
        var end = text.IndexOfAny(['/', '?'], start);
        if (end < 0)
            end = text.Length;
        var mark = text.IndexOf('?', end);
        var path = text[end..(mark < 0 ? text.Length : mark)];

        var parts = ReadUser(text, start, end, out var hostAt);
        parts = parts with { Database = Name(path.Length > 1 ? path[1..] : "", "database") };
        parts = ReadHost(parts, text[hostAt..end]);
        if (mark >= 0)
            parts = ReadQuery(parts, text[(mark + 1)..]);

        if (parts.Host.Length == 0)
            throw Bad("A pool's uri names a host, or the directory of a socket: ?host=/run/postgresql.");

        return parts.PasswordFrom is not null && parts.Password.Length > 0
            ? throw Bad("A pool's uri has a password or password_from, not both.")
            : parts.Port == 0 ? parts with { Port = DefaultPort } : parts;
    }

    private static Parts ReadUser(string text, int start, int end, out int hostAt)
    {
        var at = text.IndexOf('@', start, end - start);
        if (at < 0 || at == start)
            throw Bad("A pool's uri names a user: postgresql://user:password@host/database. An @, a / or a ? in the password is percent-encoded.");

        hostAt = at + 1;
        if (text.IndexOf('@', hostAt, end - hostAt) >= 0)
            throw Bad("An @ in the user or password of a pool's uri is written %40.");

        var colon = text.IndexOf(':', start, at - start);
        if (colon == at - 1)
            throw Bad("The password in a pool's uri is empty; without one there is no colon.");

        return new(Name(text[start..(colon < 0 ? at : colon)], "user"), colon < 0 ? default : (colon + 1, at - colon - 1));
    }

    private static Parts ReadHost(Parts parts, string text)
    {
        if (text.Length == 0)
            return parts;

        // The colon of the port comes after the bracket of an IPv6 address.
        var colon = text.IndexOf(':', text.StartsWith('[') ? Math.Max(text.IndexOf(']', StringComparison.Ordinal), 0) : 0);
        var (host, port) = colon < 0 ? (text, 0) : (text[..colon], PortOf(text[(colon + 1)..]));
        return parts with { Host = HostOf(host), Port = port };
    }

    private static string HostOf(string text)
    {
        if (text.StartsWith("%2f", StringComparison.OrdinalIgnoreCase))
            return SocketOf(text);

        if (text is ['[', .. var inner, ']'])
            return !inner.Contains('%', StringComparison.Ordinal) && IPAddress.TryParse(inner, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
                ? address.ToString()
                : throw Bad("The address in brackets in a pool's uri is no IPv6 address.");

        return Uri.CheckHostName(text) is UriHostNameType.Dns or UriHostNameType.IPv4
            ? text.ToLowerInvariant().TrimEnd('.')
            : throw Bad("The host of a pool's uri is one host: a name, an IPv4 address, or an IPv6 address in brackets.");
    }

    private static string SocketOf(string text)
    {
        var directory = Decoded(text, "host");
        return directory is ['/', not '/', ..] && !directory.AsSpan().ContainsAny(',', ':')
            ? directory.TrimEnd('/')
            : throw Bad("The host parameter of a pool's uri is the directory of a socket, from the root, without commas and colons.");
    }

    private static int PortOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue
            ? port
            : throw Bad("The port of a pool's uri is a number between 1 and 65535. A : or / in the password is percent-encoded.");

    private static Parts ReadQuery(Parts parts, string query)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var (key, value) = equals < 0 ? (pair, "") : (pair[..equals], pair[(equals + 1)..]);
            if (!seen.Add(key))
                throw Bad("A parameter of a pool's uri is given twice.");

            parts = key switch
            {
                "sslmode" => parts with { SslMode = SslModeOf(value) },
                "connect_timeout" => parts with { ConnectTimeout = TimeoutOf(value) },
                "application_name" => parts with { ApplicationName = Name(value, key) },
                "password_from" => parts with { PasswordFrom = SecretOf(value) },
                "host" when parts.Host.Length == 0 => parts with { Host = SocketOf(value) },
                "host" => throw Bad("A pool's uri names its host once: before the database, or as a parameter."),
                "port" when parts.Port == 0 => parts with { Port = PortOf(value) },
                "port" => throw Bad("A pool's uri names its port once: after the host, or as a parameter."),
                "password" or "passfile" => throw Bad(
                    "The password of a pool's uri stands after the user, or in the service's configuration, by ?password_from=NAME."),
                _ => throw Bad("The parameters of a pool's uri are some of sslmode, connect_timeout, application_name, host, port and password_from."),
            };
        }

        return parts;
    }

    private static string SslModeOf(string value) =>
        _sslModes.Contains(value) ? value : throw Bad($"The sslmode of a pool's uri is one of {string.Join(", ", _sslModes)}.");

    private static int TimeoutOf(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 60
            ? seconds
            : throw Bad("The connect_timeout of a pool's uri is between 1 and 60 seconds.");

    private static string SecretOf(string value) =>
        value.Length is > 0 and <= MaxNameBytes && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')
            ? value
            : throw Bad($"The password_from of a pool's uri is a name of 1 to {MaxNameBytes} letters, digits, '_', '-' and '.'.");

    private static string Name(string text, string what)
    {
        var name = Decoded(text, what);
        return name.Length > 0 && Encoding.UTF8.GetByteCount(name) <= MaxNameBytes && !(what == "database" && text.Contains('/', StringComparison.Ordinal))
            ? name
            : throw Bad($"The {what} of a pool's uri has 1 to {MaxNameBytes} bytes: postgresql://user:password@host:port/database.");
    }

    private static string Decoded(ReadOnlySpan<char> text, string what)
    {
        var (bytes, length) = (new byte[text.Length], 0);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '%')
            {
                bytes[length++] = (byte)text[at];
                continue;
            }

            if (at + 2 >= text.Length
                || !byte.TryParse(text.Slice(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[length++]))
                throw Bad($"In the {what} of a pool's uri a % is followed by two hex digits.");

            at += 2;
        }

        try
        {
            var decoded = _strictUtf8.GetString(bytes, 0, length);
            return decoded.Any(char.IsControl) ? throw Bad($"The {what} of a pool's uri has no control characters.") : decoded;
        }
        catch (DecoderFallbackException)
        {
            throw Bad($"The {what} of a pool's uri is not UTF-8.");
        }
    }

    private static PoolUriInvalid Bad(string reason) => new(reason);

    /// <param name="Password">Where it stands in the text, and its length; 0 without one.</param>
    private sealed record Parts(string User, (int At, int Length) Password)
    {
        public string Host { get; init; } = "";

        /// <summary>0 while it is not known.</summary>
        public int Port { get; init; }

        public string Database { get; init; } = "";

        public string? PasswordFrom { get; init; }

        public string? SslMode { get; init; }

        public int? ConnectTimeout { get; init; }

        public string? ApplicationName { get; init; }
    }
}
