using System.Diagnostics;

namespace Zaqar.Integration.Clients;

/// <summary>What Debian's Python has.</summary>
internal static class PythonModules
{
    internal const string Python = "/usr/bin/python3";

    /// <summary>Looks whether a module is there.</summary>
    /// <returns>Null when it is; else a sentence with the package that brings it.</returns>
    public static string? Missing(string module, string package)
    {
        if (!File.Exists(Python))
            return $"There is no {Python}. On Debian: apt-get install {package}";

        using var look = Process.Start(new ProcessStartInfo(Python,
            ["-c", "import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)", module]))!;
        look.WaitForExit();
        return look.ExitCode == 0 ? null : $"{Python} has no {module}. On Debian: apt-get install {package}";
    }
}
