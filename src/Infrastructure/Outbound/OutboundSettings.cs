using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;

namespace Zaqar.Infrastructure.Outbound;

/// <summary>Where deliveries may go besides the public internet; section <c>Zaqar:Notification</c>.</summary>
internal sealed record OutboundSettings
{
    public const string Section = "Zaqar:Notification";

    /// <summary>
    /// Ranges in CIDR form that the outbound guard opens, such as <c>10.1.0.0/16</c> or <c>fd00::/8</c>; none. An IPv4 range also opens its IPv4-mapped
    /// spelling; 0.0.0.0/0 with ::/0 opens everything, instance metadata included.
    /// </summary>
    public IReadOnlyList<string> AllowedNetworks { get; init; } = [];

    /// <summary>Takes a list (<c>Zaqar__Notification__AllowedNetworks__0</c>, ...), or one value with commas.</summary>
    public static OutboundSettings Read(IConfiguration configuration)
    {
        var ranges = configuration.GetSection($"{Section}:{nameof(AllowedNetworks)}");
        var separated = ranges.Value?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        return new() { AllowedNetworks = [.. separated, .. ranges.GetChildren().Select(range => range.Value ?? "")] };
    }

    /// <exception cref="FormatException">A range is not CIDR; the message names the setting and the value.</exception>
    public AddressPolicy ToPolicy() => new(AllowedNetworks.Select(Parse));

    // IPNetwork.Parse alone takes 10/8 for 0.0.0.10/8, 010.0.0.0/8 for 8.0.0.0/8 and 10.1.2.3/8 for 10.0.0.0/8: a range that is opened by mistake
    // is a hole, so what is written must be what is meant.
    private static IPNetwork Parse(string text, int index)
    {
        if (!IPNetwork.TryParse(text, out var network) || !IPAddress.TryParse(text.AsSpan(0, text.IndexOf('/')), out var written) ||
            (written.AddressFamily == AddressFamily.InterNetwork ? !text.StartsWith($"{written}/", StringComparison.Ordinal) : written.ScopeId != 0 || text[0] == '['))
            throw new FormatException($"{Section}:{nameof(AllowedNetworks)}:{index} is a network in CIDR form, " +
                $"such as 10.0.0.0/8, 192.0.2.7/32 or fd00::/8; \"{text}\" was given.");

        return network.BaseAddress.Equals(written)
            ? network
            : throw new FormatException($"{Section}:{nameof(AllowedNetworks)}:{index} has bits set beyond its prefix; " +
                $"\"{text}\" was given: write {network}, or a longer prefix.");
    }
}
