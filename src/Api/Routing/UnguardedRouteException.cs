using Zaqar.Api.Policies;
using Zaqar.Api.WebSockets;

namespace Zaqar.Api.Routing;

/// <summary>A route or action that no policy rule guards, by which the service does not start: what nobody thought of is closed, not open.</summary>
internal sealed class UnguardedRouteException(string message) : Exception(message)
{
    // The version document is for anyone; the home document says nothing that the code does not.
    private static readonly string[] _documents = ["/", "/v2/"];

    /// <summary>Hands an action on that a known rule guards.</summary>
    /// <exception cref="UnguardedRouteException">None does.</exception>
    public static ApiAction Check(ApiAction action) => PolicyDefaults.Rules.ContainsKey(action.Rule)
        ? action
        : throw new UnguardedRouteException(
            $"The service does not start, for the action {action.Name} is guarded by the policy rule {action.Rule}, which has no default: nobody could ask it.");

    /// <summary>Hands a route on that a known rule guards, or that is one of the two documents.</summary>
    /// <exception cref="UnguardedRouteException">It is neither.</exception>
    public static ApiRoute Check(ApiRoute route) => route.Rule switch
    {
        null when _documents.Contains(route.Pattern) => route,
        null => throw new UnguardedRouteException(
            $"The service does not start, for {route.Method} {route.Pattern} has no policy rule: anyone might ask it. Give it one in the route table."),
        var rule when PolicyDefaults.Rules.ContainsKey(rule) => route,
        var rule => throw new UnguardedRouteException(
            $"The service does not start, for {route.Method} {route.Pattern} is guarded by the policy rule {rule}, which has no default: nobody could ask it."),
    };
}
