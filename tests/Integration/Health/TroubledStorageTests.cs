using System.Diagnostics;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Xunit;
using Zaqar.Application.Health;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Health;

/// <summary>Checks of health while the database does not do what is asked of it.</summary>
public sealed class TroubledStorageTests(TroubledStorageTests.ImpatientService service) : IClassFixture<TroubledStorageTests.ImpatientService>
{
    [Fact]
    public async Task a_database_that_hangs_in_the_middle_is_told_in_time_and_what_it_still_does_is_cleared_away_later()
    {
        using var client = service.Client();
        await using var connection = await service.Database.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await Execute(connection, "set local idle_in_transaction_session_timeout = 0; lock table mt_streams in access exclusive mode");
            var started = Stopwatch.GetTimestamp();

            var health = (await client.Get("/v2/health", ("X-Roles", "admin"))).Json;

            Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(10));
            health.GetProperty("storage_reachable").GetBoolean().Should().BeTrue();
            foreach (var operation in health.GetProperty("operation_status").EnumerateObject())
            {
                operation.Value.GetProperty("succeeded").GetBoolean().Should().BeFalse(operation.Name);
                operation.Value.GetProperty("ref").GetGuid().Should().NotBeEmpty();
            }

            health.GetProperty("message_volume").ValueKind.Should().Be(System.Text.Json.JsonValueKind.Null);
        }

        // The queue was still made when the lock was gone.
        await Eventually.Holds(() => Traces.Of(service.Database, "queue_created"), rows => rows.Count > 0, "the first operation is carried out after all");
        service.Advance(TimeSpan.FromMinutes(2));
        await Eventually.Holds(() => Traces.Of(service.Database, "health-"), rows => rows.Count == 0, "nothing is left of it");
    }

    [Fact]
    public async Task a_database_that_does_not_answer_is_told_with_all_operations_failed()
    {
        using var client = service.Client();
        await using var connection = await service.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await Execute(connection, "set local idle_in_transaction_session_timeout = 0; lock table health_check in access exclusive mode");

        var answer = await client.Get("/v2/health", ("X-Roles", "admin"));

        answer.Status.Should().Be(200);
        answer.Json.GetProperty("storage_reachable").GetBoolean().Should().BeFalse();
        answer.Json.GetProperty("operation_status").Keys().Should().Equal(HealthReport.Names);
        answer.Json.GetProperty("operation_status").EnumerateObject()
            .Should().OnlyContain(operation => !operation.Value.GetProperty("succeeded").GetBoolean() && operation.Value.GetProperty("ref").GetString() != null);
    }

    private static async Task Execute(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public sealed class ImpatientService : ZaqarService
    {
        protected override IReadOnlyList<string> Settings => ["--Zaqar:AdminMode=true"];

        protected override void Configure(IServiceCollection services) =>
            services.Replace(ServiceDescriptor.Singleton(new HealthSettings { Limit = TimeSpan.FromSeconds(1) }));
    }
}
