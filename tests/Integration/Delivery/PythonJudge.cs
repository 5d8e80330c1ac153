using System.Diagnostics;
using System.Text;
using System.Text.Json;
using FluentAssertions;
using Zaqar.Integration.Clients;
using Zaqar.Integration.Delivery.Sinks;

namespace Zaqar.Integration.Delivery;

/// <summary>Lets Python's standard library judge.</summary>
internal static class PythonJudge
{
    private const string Verify = """
        import base64, hashlib, hmac, json, sys
        for line in sys.stdin:
            given = json.loads(line)
            secret = given["secret"]
            key = base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()
            signed = b".".join([given["id"].encode(), given["timestamp"].encode(), base64.b64decode(given["body"])])
            print("v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode())
        """;

    /// <summary>What <c>webhook-signature</c> of each request has to be.</summary>
    public static Task<string[]> Signatures(IEnumerable<(SinkRequest Request, string Secret)> signed) =>
        Run(Verify, signed.Select(one => JsonSerializer.Serialize(new
        {
            secret = one.Secret, id = one.Request.Headers["webhook-id"], timestamp = one.Request.Headers["webhook-timestamp"],
            body = Convert.ToBase64String(one.Request.Body),
        })));

    /// <summary>Runs a script and answers the lines that it prints.</summary>
    public static async Task<string[]> Run(string script, IEnumerable<string> lines)
    {
        using var python = Process.Start(new ProcessStartInfo(PythonModules.Python, ["-c", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = new UTF8Encoding(false),
            Environment = { ["PYTHONIOENCODING"] = "utf-8" },
        })!;
        foreach (var line in lines)
            await python.StandardInput.WriteLineAsync(line);
        python.StandardInput.Close();
        var output = await python.StandardOutput.ReadToEndAsync();
        await python.WaitForExitAsync();
        python.ExitCode.Should().Be(0);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
