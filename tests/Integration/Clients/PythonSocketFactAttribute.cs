using System.Diagnostics;
using Xunit;

namespace Zaqar.Integration.Clients;

/// <summary>A test that drives WebSocket clients as Debian ships them: python-zaqarclient's transport, python3-websocket, and python3-msgpack for binary frames.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonSocketFactAttribute : FactAttribute
{
    private const string Packages = "python3-zaqarclient python3-websocket python3-msgpack";

    private static readonly Lazy<string?> _missing = new(Missing);

    public PythonSocketFactAttribute() => Skip = _missing.Value!;

    private static string? Missing()
    {
        if (!File.Exists(PythonClientFactAttribute.Python))
            return $"There is no {PythonClientFactAttribute.Python}. On Debian: apt-get install {Packages}";

        using var look = Process.Start(new ProcessStartInfo(PythonClientFactAttribute.Python,
            ["-c", "import importlib.util, sys; sys.exit(any(importlib.util.find_spec(name) is None for name in ('zaqarclient', 'websocket', 'msgpack')))"]))!;
        look.WaitForExit();
        return look.ExitCode == 0 ? null : $"Not all clients are there. On Debian: apt-get install {Packages}";
    }
}
