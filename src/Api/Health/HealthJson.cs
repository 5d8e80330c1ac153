using System.Text.Json;
using Zaqar.Application.Health;

namespace Zaqar.Api.Health;

/// <summary>Writes reports of health as the API has them. Source: API contract, section 2.7.</summary>
internal static class HealthJson
{
    public static void Write(Utf8JsonWriter json, HealthReport report)
    {
        json.WriteStartObject();
        json.WriteBoolean("storage_reachable", report.StorageReachable);
        json.WriteStartObject("operation_status");
        foreach (var operation in report.Operations)
        {
            json.WriteStartObject(operation.Name);
            json.WriteBoolean("succeeded", operation.Succeeded);
            json.WriteNumber("seconds", operation.Seconds);
            json.WriteString("ref", operation.Ref);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        WriteVolume(json, report.Volume);
        json.WriteEndObject();
    }

    /// <summary>A report for each pool, in the order of their names, beside what is said of the catalogue.</summary>
    public static void Write(Utf8JsonWriter json, PooledHealth health)
    {
        json.WriteStartObject();
        json.WriteBoolean("catalog_reachable", health.CatalogReachable);
        foreach (var (pool, report) in health.Pools.OrderBy(pool => pool.Key, StringComparer.Ordinal))
        {
            json.WritePropertyName(pool);
            Write(json, report);
        }

        json.WriteEndObject();
    }

    private static void WriteVolume(Utf8JsonWriter json, MessageVolume? volume)
    {
        json.WritePropertyName("message_volume");
        if (volume is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteNumber("free", volume.Free);
        json.WriteNumber("claimed", volume.Claimed);
        json.WriteNumber("total", volume.Total);
        json.WriteEndObject();
    }
}
