using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Zaqar.Integration.Crashes;

/// <summary>The service as a process of its own, as an operator runs it: to be killed, and to be stopped by a signal.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private const int Terminate = 15; // SIGTERM on Linux
    private const int LinesKept = 100;
    private const string Listening = "Now listening on: ";
    private static readonly TimeSpan _startLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _endLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Queue<string> _lastLines = [];
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServiceProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where it listens: at every start a port that was free, for one freed by a kill may be someone else's by now.</summary>
    public Uri Address => _address.Task.Result;

    public bool HasExited => _process.HasExited;

    /// <summary>The end of what it wrote.</summary>
    public string Log
    {
        get
        {
            lock (_lastLines)
                return string.Join('\n', _lastLines);
        }
    }

    /// <summary>Runs <c>serve</c> and waits until it listens.</summary>
    /// <param name="settings">Environment variables.</param>
    public static async Task<ServiceProcess> Start(string connectionString, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "Zaqar.dll"), "serve", "--urls", "http://127.0.0.1:0", "--Zaqar:WebSocket:Url=http://127.0.0.1:0",
            "--Logging:LogLevel:Default=Warning", "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information",
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ConnectionStrings__Zaqar"] = connectionString;
        foreach (var (name, value) in settings)
            start.Environment[name] = value;

        var service = new ServiceProcess(Process.Start(start)!);
        try
        {
            var exited = service._process.WaitForExitAsync();
            if (await Task.WhenAny(service._address.Task, exited).WaitAsync(_startLimit) == exited)
                throw new InvalidOperationException($"The service ended while starting, with {service._process.ExitCode}:\n{service.Log}");
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGKILL: the process has no say.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(_endLimit);
    }

    /// <summary>SIGTERM; waits until it has ended by itself.</summary>
    /// <returns>Its exit code and how long it took.</returns>
    public async Task<(int ExitCode, TimeSpan Took)> Stop()
    {
        var started = Stopwatch.GetTimestamp();
        if (Signal(_process.Id, Terminate) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        await _process.WaitForExitAsync().WaitAsync(_endLimit);
        return (_process.ExitCode, Stopwatch.GetElapsedTime(started));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await Kill();
        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
            return;

        lock (_lastLines)
        {
            if (_lastLines.Count == LinesKept)
                _lastLines.Dequeue();
            _lastLines.Enqueue(line);
        }

        if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            _address.TrySetResult(new(line[(at + Listening.Length)..]));
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int processId, int signal);
}
