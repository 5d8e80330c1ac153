using Microsoft.Extensions.Logging;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>What an operator has to mend; what became of each delivery is kept with it and not logged.</summary>
internal static partial class DeliveryLog
{
    [LoggerMessage(1, LogLevel.Error, "No mail can be sent: {Program}, the program of Zaqar:Notification:SmtpCommand, could not be run.")]
    public static partial void CommandNotRun(ILogger logger, string program, Exception cause);

    [LoggerMessage(2, LogLevel.Warning, "The mail program {Program} ended with {ExitCode}.")]
    public static partial void CommandFailed(ILogger logger, string program, int exitCode);

    [LoggerMessage(3, LogLevel.Warning, "The mail server {Host} cannot be used: {Reason}")]
    public static partial void RelayFailed(ILogger logger, string host, string reason);

    [LoggerMessage(4, LogLevel.Warning, "A confirmation was not sent by mail: Zaqar:Notification:ExternalConfirmationUrl is not set.")]
    public static partial void NoConfirmationPage(ILogger logger);
}
