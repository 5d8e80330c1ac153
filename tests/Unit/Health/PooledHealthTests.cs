using System.Buffers;
using System.Text;
using System.Text.Json;
using FluentAssertions;
using Xunit;
using Zaqar.Api.Health;
using Zaqar.Application.Health;

namespace Zaqar.Unit.Health;

public sealed class PooledHealthTests
{
    private static readonly HealthReport _well = new(true, [new("create_queue", true, 0.25, null)], new(2, 1, 3));

    [Fact]
    public void a_service_with_pools_tells_of_its_catalogue_and_of_each_pool_by_name() =>
        Written(new(true, new Dictionary<string, HealthReport> { ["second"] = _well, ["first"] = _well })).Should().Be(
            """
            {"catalog_reachable":true,"first":{"storage_reachable":true,"operation_status":{"create_queue":{"succeeded":true,"seconds":0.25,"ref":null}},"message_volume":{"free":2,"claimed":1,"total":3}},"second":{"storage_reachable":true,"operation_status":{"create_queue":{"succeeded":true,"seconds":0.25,"ref":null}},"message_volume":{"free":2,"claimed":1,"total":3}}}
            """);

    [Fact]
    public void a_pool_that_is_down_has_all_operations_failed_with_what_to_look_for_and_no_volume()
    {
        var pool = JsonDocument.Parse(Written(new(false, new Dictionary<string, HealthReport> { ["down"] = HealthReport.Unreachable("the-ref") })))
            .RootElement.GetProperty("down");

        pool.GetProperty("storage_reachable").GetBoolean().Should().BeFalse();
        pool.GetProperty("operation_status").EnumerateObject().Select(operation => operation.Name).Should().Equal(HealthReport.Names);
        pool.GetProperty("operation_status").EnumerateObject().Should().OnlyContain(operation =>
            !operation.Value.GetProperty("succeeded").GetBoolean() && operation.Value.GetProperty("ref").GetString() == "the-ref");
        pool.GetProperty("message_volume").ValueKind.Should().Be(JsonValueKind.Null);
    }

    private static string Written(PooledHealth health)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
            HealthJson.Write(json, health);

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
