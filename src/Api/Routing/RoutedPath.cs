using Zaqar.Api.Responses;

namespace Zaqar.Api.Routing;

/// <summary>A path that the API knows, with all that it answers to.</summary>
/// <param name="pattern">As in the route table.</param>
internal sealed class RoutedPath(string pattern)
{
    private readonly List<RoutedMethod> _methods = [];

    /// <summary>Whether a caller has to say who it is.</summary>
    public bool IsOpen { get; } = pattern == "/";

    /// <summary>Whether it is about topics, and not about queues.</summary>
    public bool IsOfTopics { get; } = pattern.StartsWith(Paths.Topics, StringComparison.Ordinal);

    /// <summary>Whether the first value in the path names a queue, or a topic.</summary>
    public bool NamesQueue { get; } =
        pattern.Contains(ApiRoute.QueueName, StringComparison.Ordinal) || pattern.Contains(ApiRoute.TopicName, StringComparison.Ordinal);

    /// <summary>What <c>Allow</c> says: the methods in alphabetic order, then <c>OPTIONS</c>.</summary>
    public string Allow { get; private set; } = "OPTIONS";

    public void Add(ApiRoute route, Endpoint endpoint)
    {
        _methods.Add(new(route.Method, route.Rule, endpoint));
        Allow = string.Join(", ", _methods.Select(method => method.Name).Order(StringComparer.Ordinal).Append("OPTIONS"));
    }

    /// <summary>Null when the path does not answer to that method.</summary>
    public RoutedMethod? Find(string method)
    {
        foreach (var known in _methods)
            if (HttpMethods.Equals(known.Name, method))
                return known;

        return null;
    }
}

/// <summary>One method of a path.</summary>
/// <param name="Name">Upper-case; methods are case-sensitive.</param>
/// <param name="Rule">Policy rule; null when there is none.</param>
internal sealed record RoutedMethod(string Name, string? Rule, Endpoint Endpoint);

/// <summary>A request's path, recognised.</summary>
/// <param name="First">The first value in the path, decoded; empty when the path has none, or has it empty.</param>
/// <param name="Second">Likewise; so is <paramref name="Third"/>.</param>
internal readonly record struct RouteMatch(RoutedPath Path, string First, string Second, string Third);
