using System.Text;
using Npgsql;
using Zaqar.Application.Encryption;
using Zaqar.Domain.Pools;

namespace Zaqar.Application.Pools;

/// <summary>Keeps the URIs of pools so that no password can be read where they are stored, and tells how to connect to them.</summary>
public sealed class PoolAddresses(ICipher cipher, PoolSettings settings)
{
    private const string NoFile = "/dev/null";

    /// <summary>What is stored of a URI.</summary>
    /// <remarks>The whole of it is sealed: whoever can write where it is stored can then not have the password sent elsewhere.</remarks>
    /// <param name="pool">Its name: sealed for another, it does not open.</param>
    /// <exception cref="PoolUriInvalid">It has a password, and there is no key to seal it with.</exception>
    public PoolAddress Seal(string pool, PoolUri uri)
    {
        if (!cipher.CanSeal)
            return uri.Password is null
                ? new(uri.Shown, null, uri.Target)
                : throw new PoolUriInvalid("This service keeps no passwords, for it has no key to seal them with. Set Zaqar:Encryption:Keys:ID, or keep the "
                    + "password in the setting Zaqar:Pools:Secrets:NAME and put ?password_from=NAME into the uri.");

        return new(uri.Shown, Convert.ToBase64String(cipher.Seal(Encoding.UTF8.GetBytes(uri.Text), BoundTo(pool))), uri.Target);
    }

    /// <summary>What <see cref="Seal"/> took.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The key is gone, or what is stored is not what was sealed.</exception>
    public PoolUri Open(string pool, PoolAddress address) => PoolUri.Parse(address.Sealed is { } text
        ? Encoding.UTF8.GetString(cipher.Open(Convert.FromBase64String(text), BoundTo(pool)))
        : address.Uri);

    /// <summary>How Npgsql connects to it. Holds the password: not for a log, an answer or a table.</summary>
    /// <exception cref="PoolUriInvalid">The configuration has no password of the name that the URI has.</exception>
    public string ConnectionString(PoolUri uri)
    {
        var connection = new NpgsqlConnectionStringBuilder
        {
            // Only what the URI says: never a file of the service's own account.
            Passfile = NoFile,
            Host = uri.Host, Port = uri.Port, Database = uri.Database, Username = uri.User, Password = Password(uri), PersistSecurityInfo = false,
        };
        if (uri.SslMode is { } mode)
            connection.SslMode = Enum.Parse<SslMode>(mode.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
        if (uri.ConnectTimeout is { } seconds)
            connection.Timeout = seconds;
        if (uri.ApplicationName is { } name)
            connection.ApplicationName = name;
        return connection.ConnectionString;
    }

    private string? Password(PoolUri uri) => uri.PasswordFrom is not { } name ? uri.Password
        : settings.Secrets.TryGetValue(name, out var secret) ? secret
        : throw new PoolUriInvalid($"The setting Zaqar:Pools:Secrets:{name}, which the uri refers to by password_from, is missing.");

    private static byte[] BoundTo(string pool) => Encoding.UTF8.GetBytes($"pool/{pool}");
}
