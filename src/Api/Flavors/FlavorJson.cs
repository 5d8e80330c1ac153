using System.Text.Json;
using Zaqar.Api.Responses;
using Zaqar.Application.Flavors;

namespace Zaqar.Api.Flavors;

/// <summary>Writes a flavor as JSON. Source: API contract, sections 2.6 and 3.7.</summary>
internal static class FlavorJson
{
    /// <summary>Writes the whole of it.</summary>
    public static void Write(Utf8JsonWriter json, FlavorView flavor) => Write(json, flavor, withPools: true, detailed: true);

    /// <summary>Writes it as listings show it: no pool_list where no pool is of it, and capabilities only when detailed.</summary>
    public static void WriteListed(Utf8JsonWriter json, FlavorView flavor, bool detailed) =>
        Write(json, flavor, flavor.Pools.Count > 0, detailed);

    private static void Write(Utf8JsonWriter json, FlavorView flavor, bool withPools, bool detailed)
    {
        json.WriteStartObject();
        json.WriteString("name", flavor.Name);
        json.WriteString("href", Paths.Flavor(flavor.Name));
        if (withPools)
            WriteTexts(json, "pool_list", flavor.Pools);
        if (detailed)
            WriteTexts(json, "capabilities", FlavorView.Capabilities);
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
