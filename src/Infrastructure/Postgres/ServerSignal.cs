using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Zaqar.Infrastructure.Postgres;

/// <summary>What PostgreSQL's main process understands; the numbers are Linux's.</summary>
/// <remarks>Source: PostgreSQL, "Shutting Down the Server".</remarks>
internal enum ServerSignal
{
    /// <summary>SIGINT, "fast": disconnect the clients, write a checkpoint, end.</summary>
    Interrupt = 2,

    /// <summary>SIGQUIT, "immediate": end at once; the next start recovers.</summary>
    Quit = 3,

    /// <summary>SIGKILL: the process has no say.</summary>
    Kill = 9,
}

internal static class ServerSignals
{
    private const int NoSuchProcess = 3; // ESRCH

    /// <summary>Sends a signal; a process that is gone already is as good.</summary>
    public static void Send(this ServerSignal signal, int processId)
    {
        if (Kill(processId, (int)signal) != 0 && Marshal.GetLastPInvokeError() is not NoSuchProcess and var error)
            throw new Win32Exception(error, $"{signal} could not be sent to process {processId}.");
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
