using System.Reflection;
using Microsoft.AspNetCore.Routing.Patterns;
using Zaqar.Api.Requests;

namespace Zaqar.Api.Routing;

/// <summary>Makes ASP.NET Core endpoints of the route table, so that its tools see them: OpenAPI, metrics, tracing.</summary>
internal static class Endpoints
{
    // OpenAPI asks every endpoint for a method; ours take nothing but the context.
    private static readonly MethodInfo _signature = typeof(RequestDelegate).GetMethod(nameof(RequestDelegate.Invoke))!;

    /// <param name="services">What the endpoints are made from; one instance each serves all requests.</param>
    /// <exception cref="UnguardedRouteException">A route that is no document has no policy rule, or one that the policy does not know.</exception>
    public static Endpoint[] Of(IEnumerable<ApiRoute> routes, IServiceProvider services) =>
        [.. routes.Select(UnguardedRouteException.Check).Select(route => Build(route, (IEndpoint)ActivatorUtilities.CreateInstance(services, route.Endpoint)))];

    private static Endpoint Build(ApiRoute route, IEndpoint endpoint)
    {
        var builder = new RouteEndpointBuilder(
            context => endpoint.Handle(context, Caller.Of(context)), RoutePatternFactory.Parse(route.Pattern), order: 0)
        {
            DisplayName = $"{route.Method} {route.Pattern}",
        };

        builder.Metadata.Add(route);
        builder.Metadata.Add(_signature);
        builder.Metadata.Add(new HttpMethodMetadata([route.Method]));

        // Our router finds them; the framework's own would be too lenient.
        builder.Metadata.Add(new SuppressMatchingMetadata());
        return builder.Build();
    }
}
