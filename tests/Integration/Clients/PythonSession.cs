using System.Diagnostics;
using FluentAssertions;

namespace Zaqar.Integration.Clients;

/// <summary>Runs one part of a client's session: <c>SCRIPT ADDRESS PROJECT PART</c>, in a project of its own.</summary>
internal static class PythonSession
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(90);

    public static async Task Run(string script, Uri address, string part)
    {
        using var python = Process.Start(new ProcessStartInfo(PythonClientFactAttribute.Python,
            [Path.Combine(AppContext.BaseDirectory, "Clients", script), address.ToString(), $"project-{Guid.NewGuid():N}", part])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var output = await Task.WhenAll(python.StandardOutput.ReadToEndAsync(), python.StandardError.ReadToEndAsync()).WaitAsync(_limit);
            await python.WaitForExitAsync().WaitAsync(_limit);

            python.ExitCode.Should().Be(0, "{0}", string.Concat(output));
            output[0].Should().EndWith($"{part}: passed\n");
        }
        finally
        {
            python.Kill();
        }
    }
}
