using System.Text.Json;
using Zaqar.Api.Responses;
using Zaqar.Application.Pools;

namespace Zaqar.Api.Pools;

/// <summary>Writes a pool as JSON. Source: API contract, section 3.7.</summary>
internal static class PoolJson
{
    /// <param name="detailed">Whether with its options.</param>
    public static void Write(Utf8JsonWriter json, PoolView pool, bool detailed)
    {
        json.WriteStartObject();
        json.WriteString("name", pool.Name);
        json.WriteString("href", Paths.Pool(pool.Name));
        json.WriteString("uri", pool.Uri);
        json.WriteNumber("weight", pool.Weight);
        json.WriteString("flavor", pool.Flavor);
        if (detailed)
        {
            json.WritePropertyName("options");
            json.WriteRawValue(pool.Options, skipInputValidation: true);
        }

        json.WriteEndObject();
    }
}
