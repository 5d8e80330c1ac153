using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Zaqar.Infrastructure.Postgres;

/// <summary>One run of a PostgreSQL server, from its start to its end.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan FastTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ImmediateTimeout = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly ServerLog _log;
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _serving;

    private ServerProcess(Process process, ServerLog log, ILogger logger)
    {
        (_process, _log, Id) = (process, log, process.Id);
        process.OutputDataReceived += (_, line) => _log.Write(line.Data);
        process.ErrorDataReceived += (_, line) => _log.Write(line.Data);
        process.Exited += (_, _) =>
        {
            if (_serving)
                PostgresLog.Ended(logger, Id, process.ExitCode);
            _exited.TrySetResult();
        };
        process.EnableRaisingEvents = true;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.StandardInput.Close();
    }

    public int Id { get; }

    /// <summary>Completes when the server's main process is gone, for whatever reason.</summary>
    public Task Exited => _exited.Task;

    /// <summary>Runs the server in a session of its own: a terminal's Ctrl-C is for the service, which ends its server last.</summary>
    public static ServerProcess Start(PostgresBinaries binaries, DataHome home, ILogger logger)
    {
        // setsid forks only when it leads a process group, which a child does not: the process stays the same.
        var start = new ProcessStartInfo("setsid",
            [Path.Combine(binaries.Directory, "postgres"), "-D", home.Cluster, "-c", $"config_file={home.Configuration}"]);
        var log = new ServerLog(home.Log);
        try
        {
            return new(Command.Start(start, home.User, bare: true), log, logger);
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>From here on an end that nobody asked for is worth an alarm; before, the starter reports it.</summary>
    public void Serves() => _serving = true;

    /// <summary>The end of the server's log, complete when it has exited.</summary>
    public async Task<string> LastWords()
    {
        // The process can be gone before its last lines are read; a stray child that keeps the pipe open must not hold us up.
        if (Exited.IsCompleted)
            await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(TimeSpan.FromSeconds(1)));
        return _log.LastLines();
    }

    /// <summary>Ends the server: fast, else immediately after 30 seconds, else by force after 10 more.</summary>
    public async Task Stop(CancellationToken ct)
    {
        _serving = false;
        foreach (var (signal, patience) in new[] { (ServerSignal.Interrupt, FastTimeout), (ServerSignal.Quit, ImmediateTimeout) })
        {
            if (Exited.IsCompleted)
                return;
            signal.Send(Id);
            await Task.WhenAny(Exited, Task.Delay(patience, ct));
            ct.ThrowIfCancellationRequested();
        }
        await End(ServerSignal.Kill, ct);
    }

    /// <summary>Ends the server by one signal and waits until it is gone.</summary>
    public async Task End(ServerSignal signal, CancellationToken ct)
    {
        _serving = false;
        if (!Exited.IsCompleted)
            signal.Send(Id);
        await Exited.WaitAsync(ct);
    }

    public void Dispose()
    {
        _process.Dispose();
        _log.Dispose();
    }
}
