using System.Diagnostics;
using Xunit;
using Zaqar.Integration.Clients;

namespace Zaqar.Integration.Policies;

/// <summary>A test that lets oslo.policy judge, as Debian ships it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OsloFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> _missing = new(Missing);

    public OsloFactAttribute() => Skip = _missing.Value!;

    private static string? Missing()
    {
        const string missing = $"{PythonClientFactAttribute.Python} has no oslo.policy. On Debian: apt-get install python3-oslo.policy";
        if (!File.Exists(PythonClientFactAttribute.Python))
            return missing;

        using var look = Process.Start(new ProcessStartInfo(PythonClientFactAttribute.Python,
            ["-c", "import importlib.util, sys; sys.exit(importlib.util.find_spec('oslo_policy') is None)"]))!;
        look.WaitForExit();
        return look.ExitCode == 0 ? null : missing;
    }
}
