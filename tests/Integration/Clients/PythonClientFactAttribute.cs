using System.Diagnostics;
using Xunit;

namespace Zaqar.Integration.Clients;

/// <summary>A test that drives python-zaqarclient as Debian ships it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonClientFactAttribute : FactAttribute
{
    internal const string Python = "/usr/bin/python3";

    private static readonly Lazy<string?> _missing = new(Missing);

    public PythonClientFactAttribute() => Skip = _missing.Value!;

    private static string? Missing()
    {
        if (!File.Exists(Python))
            return $"There is no {Python}. On Debian: apt-get install python3-zaqarclient";

        using var look = Process.Start(new ProcessStartInfo(Python,
            ["-c", "import importlib.util, sys; sys.exit(importlib.util.find_spec('zaqarclient') is None)"]))!;
        look.WaitForExit();
        return look.ExitCode == 0 ? null : $"{Python} has no zaqarclient. On Debian: apt-get install python3-zaqarclient";
    }
}
