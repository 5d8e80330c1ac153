using Microsoft.Extensions.Logging;

namespace Zaqar.Infrastructure.Identity;

/// <summary>What an operator has to know of Keystone. Never a token, nor whose it is.</summary>
internal static partial class IdentityLog
{
    [LoggerMessage(1, LogLevel.Error, "Keystone at {Keystone} refuses the service's own account: no token can be judged and no trust be used.")]
    public static partial void AccountRefused(ILogger logger, string keystone);

    [LoggerMessage(2, LogLevel.Warning, "Keystone at {Keystone} gives no usable answer: {Reason}")]
    public static partial void KeystoneFailed(ILogger logger, string keystone, string reason);

    [LoggerMessage(3, LogLevel.Error,
        "Keystone at {Keystone} does not let the service's own account judge tokens: it lacks the role service or admin in its project.")]
    public static partial void MayNotValidate(ILogger logger, string keystone);

    [LoggerMessage(4, LogLevel.Warning, "Trust {Trust} was not deleted, {Reason}; it ends by itself.")]
    public static partial void TrustNotDeleted(ILogger logger, string trust, string reason);

    [LoggerMessage(5, LogLevel.Debug, "Keystone is asked again.")]
    public static partial void AskedAgain(ILogger logger, Exception failure);
}
