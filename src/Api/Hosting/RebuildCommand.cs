using Command = System.CommandLine.Command;
using Zaqar.Api.Settings;
using Zaqar.Infrastructure.History;
using Zaqar.Infrastructure.Pools;
using Zaqar.Infrastructure.Postgres;

namespace Zaqar.Api.Hosting;

/// <summary><c>rebuild</c>: builds the read models anew from history, while no node serves.</summary>
internal static class RebuildCommand
{
    internal static Command Create()
    {
        var command = new Command("rebuild", "Rebuild the read models from the event log.") { TreatUnmatchedTokensAsErrors = false };
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
            await using var app = await ServiceHost.Build(builder, database.ConnectionString, ct);
            await app.Services.GetRequiredService<ReadModelRebuild>().Run(ct);
            if (app.Services.GetService<PoolsRebuild>() is { } pools)
                await pools.Run(ct);
            return 0;
        }
        catch (Exception refusal) when (refusal is DatabaseNotStartedException or SettingInvalidException or NodesServingException)
        {
            await Console.Error.WriteLineAsync($"zaqar: {refusal.Message}");
            return 1;
        }
    }
}
