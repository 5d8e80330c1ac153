using System.ComponentModel;
using System.Diagnostics;

namespace Zaqar.Infrastructure.Postgres;

/// <summary>One run of a system tool to its end.</summary>
internal static class Command
{
    /// <param name="ExitCode">0 when the tool is content.</param>
    /// <param name="Output">Standard output and error together.</param>
    public sealed record Result(int ExitCode, string Output);

    /// <summary>Runs a tool; one that is still running when the time is up is killed.</summary>
    /// <param name="user">Runs it as that user, which takes root; null: as ours.</param>
    /// <param name="bare">Keeps this process's environment variables, secrets among them, from the tool.</param>
    /// <exception cref="DatabaseNotStartedException">There is no such tool, or the time is up.</exception>
    public static async Task<Result> Run(
        string tool, IReadOnlyList<string> arguments, TimeSpan timeout, CancellationToken ct, string? user = null, bool bare = false)
    {
        using var process = Start(new ProcessStartInfo(tool, arguments), user, bare);
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(timeout);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new(process.ExitCode, await output + await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            ct.ThrowIfCancellationRequested();
            throw new DatabaseNotStartedException($"{tool} took longer than {timeout.TotalSeconds:0} seconds.");
        }
    }

    /// <summary>Runs a tool that has to succeed; answers its output.</summary>
    /// <exception cref="DatabaseNotStartedException">It did not.</exception>
    public static async Task<string> Expect(string tool, IReadOnlyList<string> arguments, TimeSpan timeout, CancellationToken ct)
    {
        var (exitCode, output) = await Run(tool, arguments, timeout, ct);
        return exitCode == 0
            ? output
            : throw new DatabaseNotStartedException($"{tool} {string.Join(' ', arguments)} ended with {exitCode}: {output.Trim()}");
    }

    /// <summary>Starts a tool with all its streams redirected, in a directory that every user can enter.</summary>
    public static Process Start(ProcessStartInfo start, string? user, bool bare)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.WorkingDirectory = "/";
        if (user is not null)
            start.UserName = user;
        if (bare)
        {
            start.Environment.TryGetValue("PATH", out var path);
            start.Environment.Clear();
            start.Environment["PATH"] = path;
            start.Environment["LC_ALL"] = "C";
        }
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception failure)
        {
            throw new DatabaseNotStartedException($"{start.FileName} could not be run: {failure.Message}", failure);
        }
    }
}
