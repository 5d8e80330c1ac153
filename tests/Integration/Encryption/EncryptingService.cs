using System.Security.Cryptography;
using Zaqar.Integration.Notifications;

namespace Zaqar.Integration.Encryption;

/// <summary>The whole service with keys, let out to this machine.</summary>
public class EncryptingService : NotifyingService
{
    /// <summary>Settings of keys and whatever else a test wants of the nodes that are started from now on.</summary>
    internal IReadOnlyList<string> Keys { get; set; } = [Key("k1")];

    protected override IReadOnlyList<string> Settings => [.. base.Settings, "--Zaqar:EnableChecksum=true", .. Keys];

    /// <summary>The setting of a fresh key.</summary>
    internal static string Key(string id) => $"--Zaqar:Encryption:Keys:{id}={Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}";

    /// <summary>The setting of the key that seals.</summary>
    internal static string Active(string id) => $"--Zaqar:Encryption:ActiveKey={id}";

    /// <summary>Under which keys messages of a queue are stored, oldest first; an empty text for one that is stored as it was posted.</summary>
    internal async Task<IReadOnlyList<string>> StoredUnder(string queue)
    {
        await using var command = Database.CreateCommand(
            """
            select case when get_byte(m.body, 0) = 1 then convert_from(substring(m.body from 3 for get_byte(m.body, 1)), 'UTF8') else '' end
            from message m join queue q on q.id = m.queue_id where q.name = $1 order by m.number
            """);
        command.Parameters.Add(new() { Value = queue });
        await using var row = await command.ExecuteReaderAsync();
        var keys = new List<string>();
        while (await row.ReadAsync())
            keys.Add(row.GetString(0));
        return keys;
    }

    /// <summary>How many messages of all queues a key has sealed, as docs/encryption.md asks it.</summary>
    internal async Task<long> CountUnder(string key)
    {
        await using var command = Database.CreateCommand(
            """
            select count(*) from message, (values ($1)) as key(name)
            where substring(body for 2 + length(name)) = '\x01'::bytea || set_byte('\x00', 0, length(name)) || convert_to(name, 'UTF8')
            """);
        command.Parameters.Add(new() { Value = key });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Runs a test in a service of its own, whose keys change.</summary>
    internal static async Task InItsOwn(IReadOnlyList<string> keys, Func<EncryptingService, Task> test)
    {
        var service = new EncryptingService { Keys = keys };
        await service.InitializeAsync();
        try
        {
            await test(service);
        }
        finally
        {
            await service.DisposeAsync();
        }
    }
}
