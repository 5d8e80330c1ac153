using System.Diagnostics;
using FluentAssertions;

namespace Zaqar.Integration.Clients;

/// <summary>Runs one part of a script that drives the service as a client; the script says <c>PART: passed</c>, or ends with a traceback.</summary>
internal static class PythonSession
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(90);

    /// <param name="script">Path in this project.</param>
    /// <param name="arguments">Those of the script; the last one names the part.</param>
    /// <param name="environment">Variables to add.</param>
    public static async Task Run(string script, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(PythonModules.Python, [Path.Combine(AppContext.BaseDirectory, script), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;

        using var python = Process.Start(start)!;
        try
        {
            var output = await Task.WhenAll(python.StandardOutput.ReadToEndAsync(), python.StandardError.ReadToEndAsync()).WaitAsync(_limit);
            await python.WaitForExitAsync().WaitAsync(_limit);

            python.ExitCode.Should().Be(0, "{0}", string.Concat(output));
            output[0].Should().EndWith($"{arguments[^1]}: passed\n");
        }
        finally
        {
            python.Kill();
        }
    }
}
