using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using MimeKit;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>Hands mails to a program such as sendmail, which reads a mail from its input and the recipient from that: <c>third_part</c>.</summary>
/// <remarks>
/// The program runs without a shell and sees none of this process's environment but <c>PATH</c>, for secrets are there. What it writes is not read:
/// its exit code counts. 0 is delivered; of the rest, named in <c>sysexits.h</c>, a mail or recipient that is wrong for good (65, 67, 68) is refused.
/// </remarks>
internal sealed class MailCommand(NotificationSettings settings, TimeProvider time, ILogger<MailCommand> logger) : IMailCarrier
{
    private const int DataError = 65;
    private const int NoUser = 67;
    private const int NoHost = 68;

    private static readonly FormatOptions _lines = Lines();

    public async Task<Outcome> Carry(Mail mail, CancellationToken ct)
    {
        // Split as the original does.
        var words = settings.SmtpCommand.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        using var process = new Process { StartInfo = StartInfo(words) };
        try
        {
            process.Start();
        }
        catch (Win32Exception missing)
        {
            DeliveryLog.CommandNotRun(logger, words[0], missing);
            return new Outcome.TryAgain("The service's mail program could not be run.");
        }

        using var timeout = new CancellationTokenSource(settings.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            return await Feed(process, mail, words[0], both.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            ct.ThrowIfCancellationRequested();
            return new Outcome.TryAgain($"The service's mail program took longer than {settings.Timeout.TotalSeconds:0.###} seconds.");
        }
    }

    private async Task<Outcome> Feed(Process process, Mail mail, string program, CancellationToken ct)
    {
        // Nobody may wait for these: what the program leaves running in the background holds them open.
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, ct);
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, ct);

        var isTaken = true;
        try
        {
            await mail.Message.WriteToAsync(_lines, process.StandardInput.BaseStream, ct);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended, or closed its input, before it had read everything; its exit code says more.
            isTaken = false;
        }

        await process.WaitForExitAsync(ct);
        if (process.ExitCode == 0 && isTaken)
            return new Outcome.Delivered(0);

        DeliveryLog.CommandFailed(logger, program, process.ExitCode);
        return process.ExitCode is DataError or NoUser or NoHost
            ? new Outcome.Refused($"The service's mail program refused the mail: it ended with {process.ExitCode}.")
            : new Outcome.TryAgain($"The service's mail program did not take the mail: it ended with {process.ExitCode}.");
    }

    private static ProcessStartInfo StartInfo(string[] words)
    {
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.TryGetValue("PATH", out var path);
        start.Environment.Clear();
        start.Environment["PATH"] = path;
        return start;
    }

    private static FormatOptions Lines()
    {
        var lines = FormatOptions.Default.Clone();
        lines.NewLineFormat = NewLineFormat.Unix;
        return lines;
    }
}
