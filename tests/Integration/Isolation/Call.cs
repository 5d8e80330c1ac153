using System.Globalization;
using System.Text;
using Zaqar.Api.Routing;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Isolation;

/// <summary>A request but for the headers that say who asks.</summary>
internal sealed record Call(string Method, string Target, string Body, string ContentType)
{
    /// <summary>The target without its query: what a signature names.</summary>
    public string Path => Target.Split('?')[0];

    public static Call Of(ApiRoute route, Way way, Belongings named) =>
        new(route.Method, named.Fill((way.Path ?? route.Pattern) + way.Query), named.Fill(way.Body), way.ContentType);

    /// <param name="headers">Sent as they are: in this spelling, in this order, as often as they are here.</param>
    public async Task<Seen> Ask(Uri address, IEnumerable<(string Name, string Value)> headers)
    {
        var request = new StringBuilder($"{Method} {Target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        foreach (var (name, value) in headers)
            request.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        if (Body.Length > 0)
            request.Append(CultureInfo.InvariantCulture, $"Content-Type: {ContentType}\r\nContent-Length: {Body.Length}\r\n");

        return Seen.In(await RawHttp.Ask(address, request.Append("\r\n").Append(Body).ToString()));
    }
}

/// <summary>What came back.</summary>
/// <param name="Headers">Those that say anything of what was asked about.</param>
internal sealed record Seen(int Status, string Headers, string Body)
{
    private static readonly string[] _unrelated = ["Date", "Server", "Connection", "Content-Length", "x-openstack-request-id"];

    public static Seen In(string answer)
    {
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
            return new(0, "", answer);

        var lines = answer[..end].Split("\r\n");
        return new(
            int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture),
            string.Join("; ", lines[1..].Where(line => !_unrelated.Contains(line.Split(':')[0], StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)),
            answer[(end + 4)..]);
    }

    public override string ToString() => $"{Status} [{Headers}] {Body}";
}
