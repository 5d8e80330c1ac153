using System.Diagnostics;
using System.Text.Json;
using Zaqar.Integration.Clients;

namespace Zaqar.Integration.Cloud;

/// <summary>A real Keystone; what is in it stands at the top of <c>serve_keystone.py</c>. It ends with this process, however this ends.</summary>
internal sealed class KeystoneProcess : IAsyncDisposable
{
    private static readonly TimeSpan _startLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan _endLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private KeystoneProcess(Process process, Accounts accounts) => (_process, Accounts, Client) = (process, accounts, new() { BaseAddress = accounts.Url });

    public Accounts Accounts { get; }

    /// <summary>Asks it. Paths begin with <c>/v3</c>.</summary>
    public HttpClient Client { get; }

    /// <param name="messaging">What the catalog says of the service.</param>
    public static async Task<KeystoneProcess> Start(Uri messaging, Uri webSocket)
    {
        var process = Process.Start(new ProcessStartInfo(PythonModules.Python,
            [Path.Combine(AppContext.BaseDirectory, "Cloud", "serve_keystone.py"), messaging.OriginalString, webSocket.OriginalString])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var log = process.StandardError.ReadToEndAsync();
        var ready = await process.StandardOutput.ReadLineAsync().WaitAsync(_startLimit)
            ?? throw new InvalidOperationException($"Keystone did not start. {await log}");
        return new(process, JsonSerializer.Deserialize<Accounts>(ready, JsonSerializerOptions.Web)!);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using (_process)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync().WaitAsync(_endLimit);
        }
    }
}

/// <summary>What is in a Keystone.</summary>
/// <param name="Url">With <c>/v3</c>.</param>
/// <param name="Password">Everybody's.</param>
/// <param name="Projects">Ids by name.</param>
/// <param name="Users">Ids by name.</param>
internal sealed record Accounts(Uri Url, string Password, IReadOnlyDictionary<string, string> Projects, IReadOnlyDictionary<string, string> Users);
