using Microsoft.AspNetCore.Http.Features;
using Zaqar.Api.Errors;
using Zaqar.Api.Routing;

namespace Zaqar.Api.Requests;

/// <summary>Lets requests in: finds the path, passes the checks, counts the project's requests, finds the method, asks the policy, and names
/// the endpoint.</summary>
/// <remarks>
/// What is not in the route table goes on to ASP.NET Core's routing when that knows it (health checks, the OpenAPI document) and is
/// refused otherwise, without any check. Source: API contract, sections 1.1 and 1.3.
/// </remarks>
internal sealed class Gate(RequestDelegate next, Router router, Checks checks, RateLimit rate, Policy policy)
{
    public Task Invoke(HttpContext context)
    {
        var path = PathOf(context.Request);
        if (!router.TryMatch(path, out var route))
            return context.GetEndpoint() is null ? throw RequestRefused.NotFound() : next(context);

        var caller = checks.Pass(context, route, path);
        if (!route.Path.IsOpen && !rate.Admits(caller.Project, out var wait))
            throw RequestRefused.TooManyRequests(wait);

        var method = context.Request.Method;
        if (route.Path.Find(method) is not { } found)
            return HttpMethods.IsOptions(method) ? TellMethods(context, route.Path) : throw RequestRefused.MethodNotAllowed(route.Path.Allow);

        if (!policy.Allows(found.Rule, caller.By))
            throw RequestRefused.NotAuthorized();

        context.Features.Set(caller);
        context.SetEndpoint(found.Endpoint);
        return next(context);
    }

    // The request line itself, for the decoded path has lost its dot segments and cannot tell %2F from %252F.
    private static ReadOnlySpan<char> PathOf(HttpRequest request)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.AsSpan();
        if (target is not ['/', ..])
            return request.Path.ToUriComponent();

        var query = target.IndexOf('?');
        return query < 0 ? target : target[..query];
    }

    private static Task TellMethods(HttpContext context, RoutedPath path)
    {
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.Headers.Allow = path.Allow;
        return Task.CompletedTask;
    }
}
