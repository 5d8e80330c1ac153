using Microsoft.AspNetCore.Connections;
using Command = System.CommandLine.Command;
using Zaqar.Api.Routing;
using Zaqar.Api.Settings;
using Zaqar.Infrastructure.History;
using Zaqar.Infrastructure.Postgres;

namespace Zaqar.Api.Hosting;

/// <summary><c>serve</c>: runs a node until it is told to stop.</summary>
internal static class ServeCommand
{
    internal static Command Create()
    {
        // What we do not know goes to configuration: --urls, --Zaqar:Transport:MaxMessageTtl and so on.
        var command = new Command("serve", "Run the service.") { TreatUnmatchedTokensAsErrors = false };
        command.SetAction((parsed, ct) => Run([.. parsed.UnmatchedTokens], ct));
        return command;
    }

    private static async Task<int> Run(string[] args, CancellationToken ct)
    {
        try
        {
            var builder = ServiceHost.CreateBuilder(args);
            using var logging = ServiceHost.EarlyLogging(builder);
            await using var database = await PostgresSource.Open(builder.Configuration, builder.Environment.EnvironmentName, logging, ct);
            EncryptionSettings.Embed(builder.Configuration, database.EncryptionKey);
            await using var app = (await ServiceHost.Build(builder, database.ConnectionString, ct)).UseZaqarApi();
            await app.RunAsync();
            return 0;
        }
        catch (IOException refusal) when (refusal.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"zaqar: {refusal.Message} Choose others with --urls, or for the WebSocket with --Zaqar:WebSocket:Url.");
            return 1;
        }
        catch (Exception refusal) when (refusal is DatabaseNotStartedException or SettingInvalidException or UnguardedRouteException
            or RebuildRunningException)
        {
            await Console.Error.WriteLineAsync($"zaqar: {refusal.Message}");
            return 1;
        }
    }
}
