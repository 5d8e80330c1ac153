using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;
using Zaqar.Api.Authentication;
using Zaqar.Api.Errors;
using Zaqar.Api.Routing;
using Zaqar.Api.Settings;
using Zaqar.Application.Identity;

namespace Zaqar.Api.Requests;

/// <summary>
/// Lets requests in: finds the path, judges a signature or else asks for a token, passes the checks, counts the project's requests, finds the
/// method, asks the policy, and names the endpoint.
/// </summary>
/// <remarks>
/// No header lets a request past anything but a signature that is right, and that only past the token.
/// What is not in the route table goes on to ASP.NET Core's routing when that knows it (health checks, the OpenAPI document) and is
/// refused otherwise: with Keystone, only to who shows a token. Source: API contract, sections 1.1 and 1.3.
/// </remarks>
internal sealed class Gate(RequestDelegate next, Router router, Checks checks, RateLimit rate, Policy policy, ServiceSettings settings)
{
    public Task Invoke(HttpContext context)
    {
        var path = PathOf(context.Request);
        if (!router.TryMatch(path, out var route))
            return context.GetEndpoint() is not null ? next(context)
                : settings.AsksKeystone && !checks.IsSigned(context.Request, path) ? RefuseUnknown(context)
                : throw RequestRefused.NotFound();

        var isSigned = checks.IsSigned(context.Request, path);
        return settings.AsksKeystone && !isSigned && !route.Path.IsOpen ? LetInByToken(context, route) : LetIn(context, route, isSigned, null);
    }

    // Which paths there are is for those to know who may ask.
    private static async Task RefuseUnknown(HttpContext context)
    {
        if ((await context.AuthenticateAsync(KeystoneAuthentication.Name)).Succeeded)
            throw RequestRefused.NotFound();

        await context.ChallengeAsync(KeystoneAuthentication.Name);
    }

    private async Task LetInByToken(HttpContext context, RouteMatch route)
    {
        var shown = await context.AuthenticateAsync(KeystoneAuthentication.Name);
        if (shown.Principal?.Identity is TokenIdentity { Trustor: var trustor })
            await LetIn(context, route, isSigned: false, trustor);
        else
            await context.ChallengeAsync(KeystoneAuthentication.Name);
    }

    private Task LetIn(HttpContext context, in RouteMatch route, bool isSigned, Trustor? trustor)
    {
        var caller = checks.Pass(context, route, isSigned, trustor);
        if (!route.Path.IsOpen && !rate.Admits(caller.Project, out var wait))
            throw RequestRefused.TooManyRequests(wait);

        var method = context.Request.Method;
        if (route.Path.Find(method) is not { } found)
            return method == HttpMethods.Options ? TellMethods(context, route.Path) : throw RequestRefused.MethodNotAllowed(route.Path.Allow);

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
