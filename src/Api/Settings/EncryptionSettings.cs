using System.Security.Cryptography;
using System.Text;
using Zaqar.Infrastructure.Encryption;

namespace Zaqar.Api.Settings;

/// <summary>
/// Keys that message bodies are encrypted with: section <c>Zaqar:Encryption</c>, and the original's <c>message_encryption_*</c> in
/// <c>Zaqar:Transport</c>. No key is part of any message.
/// </summary>
/// <remarks>Read key by key and not bound to a type: what binds quotes the values that it cannot bind.</remarks>
internal static class EncryptionSettings
{
    private const string Section = "Zaqar:Encryption";
    private const string KeysSection = $"{Section}:Keys";
    private const string SecretsSection = $"{Section}:Secrets";
    private const string ActiveKey = $"{Section}:ActiveKey";
    private const string Algorithms = "Zaqar:Transport:MessageEncryptionAlgorithms";
    private const string OriginalSecret = "Zaqar:Transport:MessageEncryptionKey";

    /// <summary>Id of the key that comes from <c>MessageEncryptionKey</c>.</summary>
    internal const string OriginalId = "message_encryption_key";

    /// <summary>What <see cref="Embed"/> leaves to <see cref="Read"/>: the id of the key that lies with an embedded database. Any other seals in its place.</summary>
    private const string EmbeddedId = $"{Section}:EmbeddedKey";

    /// <summary>The original's default, which everybody knows.</summary>
    private const string WellKnown = "AES256";

    private const int LeastSecretLength = 16;
    private const int LeastDistinct = 8;

    /// <exception cref="SettingInvalidException">A key is none, is known to everybody, or it is open which of several seals.</exception>
    internal static KeyRing Read(IConfiguration configuration)
    {
        if (configuration[Algorithms] is { Length: > 0 } algorithm && !algorithm.Equals(WellKnown, StringComparison.OrdinalIgnoreCase))
            throw new SettingInvalidException(algorithm.Equals("RSA", StringComparison.OrdinalIgnoreCase)
                ? $"{Algorithms} is AES256; RSA is an option of the original that never worked there, and it is not taken here."
                : $"{Algorithms} is AES256; \"{algorithm}\" was given.");

        var keys = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (path, value) in Children(configuration, KeysSection))
            Add(path, FromBase64(path, value));
        foreach (var (path, value) in Children(configuration, SecretsSection))
            Add(path, FromSecret(path, value));
        if (configuration[OriginalSecret] is { Length: > 0 } secret)
            Add(OriginalSecret, FromSecret(OriginalSecret, secret), OriginalId);

        return new(keys, Active(configuration[ActiveKey], configuration[EmbeddedId], keys));

        void Add(string path, byte[] key, string? id = null)
        {
            // Settings know no difference of case, and messages keep the id.
            id ??= path[(path.LastIndexOf(':') + 1)..].ToLowerInvariant();
            if (!KeyRing.IsId(id))
                throw new SettingInvalidException($"{path}: a key's id is 1 to {KeyRing.MaxIdLength} of letters, digits, \"-\", \"_\" and \".\".");
            if (!keys.TryAdd(id, key))
                throw new SettingInvalidException($"{path}: there is another key with the id {id}.");
        }
    }

    /// <summary>Adds the key that lies with an embedded database, unless the operator has set one of that id.</summary>
    /// <param name="key">Base64; null where the database is not embedded.</param>
    internal static void Embed(IConfiguration configuration, string? key)
    {
        if (key is null)
            return;

        var id = EmbeddedIdOf(Convert.FromBase64String(key));
        if (configuration[$"{KeysSection}:{id}"] is null && configuration[$"{SecretsSection}:{id}"] is null)
            (configuration[$"{KeysSection}:{id}"], configuration[EmbeddedId]) = (key, id);
    }

    /// <summary>Of the key itself, so that one that was lost and is back, or came with a dump, stands beside the one of this database.</summary>
    private static string EmbeddedIdOf(byte[] key) => $"embedded-{Convert.ToHexStringLower(SHA256.HashData(key).AsSpan(0, 4))}";

    private static string? Active(string? named, string? embedded, Dictionary<string, byte[]> keys)
    {
        if (named is { Length: > 0 })
            return keys.Keys.FirstOrDefault(id => id.Equals(named, StringComparison.OrdinalIgnoreCase))
                ?? throw new SettingInvalidException($"{ActiveKey} is the id of a key that is there; \"{named}\" was given.");

        var own = keys.Keys.Where(id => id != embedded).ToArray();
        return own.Length > 1
            ? throw new SettingInvalidException($"{ActiveKey} says which of the keys {string.Join(", ", own.Order(StringComparer.Ordinal))} encrypts; the others only decrypt.")
            : own.SingleOrDefault() ?? keys.Keys.SingleOrDefault();
    }

    private static IEnumerable<(string Path, string Value)> Children(IConfiguration configuration, string section)
    {
        var found = configuration.GetSection(section);
        if (!string.IsNullOrEmpty(found.Value))
            throw new SettingInvalidException($"{section} has keys by their ids: {section}:ID.");

        return found.GetChildren().Select(key => (key.Path, key.Value ?? ""));
    }

    private static byte[] FromBase64(string path, string text)
    {
        var key = new byte[KeyRing.KeyBytes + 1];
        if (!Convert.TryFromBase64String(text.Trim(), key, out var length) || length != KeyRing.KeyBytes)
            throw new SettingInvalidException($"{path} is the base64 of {KeyRing.KeyBytes} bytes, as openssl rand -base64 {KeyRing.KeyBytes} makes it.");

        key = key[..KeyRing.KeyBytes];
        if (key.Distinct().Count() < LeastDistinct || key.AsSpan().SequenceEqual(KeyOf(WellKnown)))
            throw new SettingInvalidException($"{path} can be guessed: take random bytes, as openssl rand -base64 {KeyRing.KeyBytes} makes them.");

        return key;
    }

    // The original takes any text, and has one by default that is in its source.
    private static byte[] FromSecret(string path, string text)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Trim().Equals(WellKnown, StringComparison.OrdinalIgnoreCase))
            throw new SettingInvalidException($"{path} is blank or the original's default, which everybody knows: take a long and random text of your own.");
        if (text.Length < LeastSecretLength || text.Distinct().Count() < LeastDistinct)
            throw new SettingInvalidException($"{path} can be guessed: it has at least {LeastSecretLength} characters, {LeastDistinct} of them different.");

        return KeyOf(text);
    }

    private static byte[] KeyOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
