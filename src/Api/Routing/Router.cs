using System.Diagnostics.CodeAnalysis;

namespace Zaqar.Api.Routing;

/// <summary>Finds a request's path in the route table, exactly.</summary>
/// <remarks>
/// ASP.NET Core's own matcher ignores case and trailing slashes, and never hands on an empty segment; this API gives meaning to all
/// three (<c>/v2/queues/</c> is a queue with an empty name). Source: API contract, sections 1.1 and 1.9.
/// </remarks>
internal sealed class Router
{
    private readonly Node _root = new();

    /// <param name="endpoints">What has an <see cref="ApiRoute"/> among its metadata is routed here; the rest is not.</param>
    public Router(IEnumerable<Endpoint> endpoints)
    {
        foreach (var endpoint in endpoints)
            if (endpoint.Metadata.GetMetadata<ApiRoute>() is { } route)
                Add(route, endpoint);
    }

    /// <param name="path">As it came in the request line, percent-encoded, without the query; begins with a slash.</param>
    public bool TryMatch(ReadOnlySpan<char> path, out RouteMatch match)
    {
        var (node, first, second, third) = (_root, "", "", "");
        var captured = 0;
        match = default;
        while (!path.IsEmpty)
        {
            path = path[1..];
            var end = path.IndexOf('/');
            var segment = end < 0 ? path : path[..end];
            path = end < 0 ? [] : path[end..];

            if (segment.Contains('%'))
                segment = PercentEncoding.Decode(segment, plusIsSpace: false);

            if (node.TryFind(segment, out var next))
            {
                node = next;
                continue;
            }

            if (node.Value is null)
                return false;

            node = node.Value;
            switch (captured++)
            {
                case 0:
                    first = segment.ToString();
                    break;
                case 1:
                    second = segment.ToString();
                    break;
                default:
                    third = segment.ToString();
                    break;
            }
        }

        if (node.Path is null)
            return false;

        match = new(node.Path, first, second, third);
        return true;
    }

    private void Add(ApiRoute route, Endpoint endpoint)
    {
        var node = _root;
        foreach (var segment in route.Pattern[1..].Split('/'))
            node = segment.StartsWith('{') ? node.Value ??= new() : node.Literal(segment);

        node.Path ??= new(route.Pattern);
        node.Path.Add(route, endpoint);
    }

    private sealed class Node
    {
        private readonly Dictionary<string, Node> _literals = new(StringComparer.Ordinal);
        private readonly Dictionary<string, Node>.AlternateLookup<ReadOnlySpan<char>> _lookup;

        public Node() => _lookup = _literals.GetAlternateLookup<ReadOnlySpan<char>>();

        /// <summary>Where any segment that is no literal leads.</summary>
        public Node? Value { get; set; }

        /// <summary>Null where no path ends.</summary>
        public RoutedPath? Path { get; set; }

        public bool TryFind(ReadOnlySpan<char> segment, [NotNullWhen(true)] out Node? next) => _lookup.TryGetValue(segment, out next);

        public Node Literal(string segment) => _literals.TryGetValue(segment, out var node) ? node : _literals[segment] = new();
    }
}
