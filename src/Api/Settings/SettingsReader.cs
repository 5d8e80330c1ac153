using Zaqar.Api.Requests;
using Zaqar.Application;
using Zaqar.Application.Pools;
using Zaqar.Domain;
using Zaqar.Infrastructure.Delivery;
using Zaqar.Infrastructure.Encryption;
using Zaqar.Infrastructure.History;
using Zaqar.Infrastructure.Identity;
using Zaqar.Infrastructure.Outbound;

namespace Zaqar.Api.Settings;

/// <summary>Reads and judges settings once, when the service starts.</summary>
internal static class SettingsReader
{
    /// <exception cref="SettingInvalidException">A value is of the wrong type or outside its bounds.</exception>
    public static ServiceSettings ReadService(IConfiguration configuration)
    {
        var settings = Bind<ServiceSettings>(configuration, "Zaqar");
        if (settings.AuthStrategy is not ("" or "keystone"))
            throw new SettingInvalidException($"Zaqar:{nameof(settings.AuthStrategy)} is keystone or nothing; \"{settings.AuthStrategy}\" was given.");
        AtLeast(1, settings.Http.MaxConnections, "Zaqar:Http", nameof(HttpSettings.MaxConnections));
        Between(0, 1_000_000, settings.RateLimit.RequestsPerSecond, "Zaqar:RateLimit", nameof(RateLimitSettings.RequestsPerSecond));
        Between(0, 1_000_000, settings.RateLimit.Burst, "Zaqar:RateLimit", nameof(RateLimitSettings.Burst));
        if (settings.Cors.Broken() is { } broken)
            throw new SettingInvalidException(broken);

        return settings;
    }

    /// <exception cref="SettingInvalidException">A value is of the wrong type or outside its bounds.</exception>
    public static Limits ReadLimits(IConfiguration configuration)
    {
        const string section = "Zaqar:Transport";
        var limits = Bind<Limits>(configuration, section);

        foreach (var (name, page) in new[]
        {
            (nameof(limits.MaxQueuesPerPage), limits.MaxQueuesPerPage), (nameof(limits.MaxMessagesPerPage), limits.MaxMessagesPerPage),
            (nameof(limits.MaxSubscriptionsPerPage), limits.MaxSubscriptionsPerPage), (nameof(limits.MaxPoolsPerPage), limits.MaxPoolsPerPage),
            (nameof(limits.MaxFlavorsPerPage), limits.MaxFlavorsPerPage), (nameof(limits.MaxMessagesPerClaimOrPop), limits.MaxMessagesPerClaimOrPop),
        })
            Between(1, 1_000, page, section, name);

        Between(Limits.MinTtl, OneYear * 60, limits.MaxMessageTtl, section, nameof(limits.MaxMessageTtl));
        Between(Limits.MinTtl, OneYear, limits.MaxClaimTtl, section, nameof(limits.MaxClaimTtl));
        Between(Limits.MinTtl, OneYear, limits.MaxClaimGrace, section, nameof(limits.MaxClaimGrace));
        Between(0, OneYear, limits.MaxMessageDelay, section, nameof(limits.MaxMessageDelay));

        Between(Limits.MinTtl, limits.MaxMessageTtl, limits.DefaultMessageTtl, section, nameof(limits.DefaultMessageTtl));
        Between(0, limits.MaxMessageDelay, limits.DefaultMessageDelay, section, nameof(limits.DefaultMessageDelay));
        Between(Limits.MinTtl, limits.MaxClaimTtl, limits.DefaultClaimTtl, section, nameof(limits.DefaultClaimTtl));
        Between(Limits.MinTtl, limits.MaxClaimGrace, limits.DefaultClaimGrace, section, nameof(limits.DefaultClaimGrace));
        AtLeast(Limits.MinTtl, limits.DefaultSubscriptionTtl, section, nameof(limits.DefaultSubscriptionTtl));
        CheckSubscriberTypes(limits.SubscriberTypes, section);

        Between(2, 16 << 20, limits.MaxQueueMetadata, section, nameof(limits.MaxQueueMetadata));
        Between(1, 64 << 20, limits.MaxMessagesPostSize, section, nameof(limits.MaxMessagesPostSize));
        Between(1, 100_000, limits.MaxJsonDepth, section, nameof(limits.MaxJsonDepth));
        Between(0, 600, limits.MaxWait, section, nameof(limits.MaxWait));

        Between(1, 300, limits.MaxLengthClientId, section, nameof(limits.MaxLengthClientId));
        Between(1, limits.MaxLengthClientId, limits.MinLengthClientId, section, nameof(limits.MinLengthClientId));
        if (limits.ClientIdUuidSafe is not ("strict" or "off"))
            throw new SettingInvalidException(
                $"{section}:{nameof(limits.ClientIdUuidSafe)} is strict or off; \"{limits.ClientIdUuidSafe}\" was given.");

        return limits;
    }

    /// <exception cref="SettingInvalidException">A value is of the wrong type or outside its bounds.</exception>
    public static HistorySettings ReadHistory(IConfiguration configuration)
    {
        const string section = "Zaqar:History";
        var history = Bind<HistorySettings>(configuration, section);
        return history.Retention < TimeSpan.Zero || history.SweepEvery < TimeSpan.FromSeconds(1)
            ? throw new SettingInvalidException($"{section}:Retention is not negative and SweepEvery at least a second.")
            : history;
    }

    /// <exception cref="SettingInvalidException">A key is blank, which anyone could guess; or there are old ones and no present one.</exception>
    public static SignedUrlSettings ReadSignedUrl(IConfiguration configuration)
    {
        const string section = "Zaqar:SignedUrl";
        var settings = Bind<SignedUrlSettings>(configuration, section);
        if (settings.SecretKey is { Length: > 0 } key && string.IsNullOrWhiteSpace(key))
            throw new SettingInvalidException($"{section}:{nameof(settings.SecretKey)} is not only spaces.");

        if (settings.OldKeys.Any(string.IsNullOrEmpty))
            throw new SettingInvalidException($"{section}:{nameof(settings.OldSecretKeys)} has a comma with no key beside it.");

        if (settings.SecretKey is { Length: > 0 })
            return settings;

        return settings.OldKeys.Count > 0
            ? throw new SettingInvalidException($"{section}:{nameof(settings.OldSecretKeys)} is of no use without {nameof(settings.SecretKey)}.")
            : settings with { SecretKey = null };
    }

    /// <returns>Where deliveries may go: the public internet, and what <c>Zaqar:Notification:AllowedNetworks</c> opens.</returns>
    /// <exception cref="SettingInvalidException">A range is not CIDR.</exception>
    public static AddressPolicy ReadOutbound(IConfiguration configuration)
    {
        try
        {
            return OutboundSettings.Read(configuration).ToPolicy();
        }
        catch (FormatException malformed)
        {
            throw new SettingInvalidException(malformed.Message, malformed);
        }
    }

    /// <exception cref="SettingInvalidException">A value is of the wrong type or breaks a rule.</exception>
    public static NotificationSettings ReadNotification(IConfiguration configuration)
    {
        var settings = Bind<NotificationSettings>(configuration, "Zaqar:Notification");
        return settings.Broken() is { } broken ? throw new SettingInvalidException(broken) : settings;
    }

    /// <exception cref="SettingInvalidException">A value is of the wrong type or breaks a rule.</exception>
    public static KeystoneSettings ReadKeystone(IConfiguration configuration)
    {
        var settings = Bind<KeystoneSettings>(configuration, "Zaqar:Keystone");
        if (ReadService(configuration).AsksKeystone && settings.AuthUrl is null)
            throw new SettingInvalidException($"Zaqar:Keystone:{nameof(settings.AuthUrl)} is needed where Zaqar:{nameof(ServiceSettings.AuthStrategy)} is keystone.");

        return settings.Broken() is { } broken ? throw new SettingInvalidException(broken) : settings;
    }

    /// <exception cref="SettingInvalidException">A value is of the wrong type or breaks a rule.</exception>
    public static WebSocketSettings ReadWebSocket(IConfiguration configuration)
    {
        var settings = Bind<WebSocketSettings>(configuration, "Zaqar:WebSocket");
        return settings.Broken() is { } broken ? throw new SettingInvalidException(broken) : settings;
    }

    /// <returns>The keys of message bodies; none where none is set.</returns>
    /// <exception cref="SettingInvalidException">A key is none, is known to everybody, or it is open which of several encrypts.</exception>
    public static KeyRing ReadEncryption(IConfiguration configuration) => EncryptionSettings.Read(configuration);

    /// <exception cref="SettingInvalidException">A secret is empty; or a password lies about that would be sent to every pool without one.</exception>
    public static PoolSettings ReadPools(IConfiguration configuration)
    {
        var settings = Bind<PoolSettings>(configuration, "Zaqar:Pools");

        // Npgsql takes it for every connection without a password, wherever an administrator of pools has it connect to.
        if (ReadService(configuration).Pooling && Environment.GetEnvironmentVariable("PGPASSWORD") is { Length: > 0 })
            throw new SettingInvalidException(
                "With Zaqar:Pooling the environment variable PGPASSWORD must not be set: it would be sent to every pool. Put the password into ConnectionStrings:Zaqar.");

        return settings.Secrets.FirstOrDefault(secret => secret.Value is not { Length: > 0 }) is { Key: { } name }
            ? throw new SettingInvalidException($"Zaqar:Pools:{nameof(settings.Secrets)}:{name} is empty.")
            : settings;
    }

    private static void CheckSubscriberTypes(string types, string section)
    {
        foreach (var type in types.Split(',', StringSplitOptions.TrimEntries))
            if (!new Limits().TakesSubscriberType(type))
                throw new SettingInvalidException(
                    $"{section}:{nameof(Limits.SubscriberTypes)} lists some of {new Limits().SubscriberTypes}; \"{types}\" was given.");
    }

    private const int OneYear = 365 * 24 * 60 * 60;

    private static TSettings Bind<TSettings>(IConfiguration configuration, string section) where TSettings : new()
    {
        try
        {
            return configuration.GetSection(section).Get<TSettings>() ?? new();
        }
        catch (InvalidOperationException mistyped)
        {
            throw new SettingInvalidException(mistyped.Message, mistyped);
        }
    }

    private static void AtLeast(int min, int value, string section, string name) => Between(min, int.MaxValue, value, section, name);

    private static void Between(int min, int max, int value, string section, string name)
    {
        if (value < min || value > max)
            throw new SettingInvalidException($"{section}:{name} is between {min} and {max}; {value} was given.");
    }
}
