using Microsoft.Extensions.Primitives;
using Zaqar.Api.Errors;
using Zaqar.Api.Routing;
using Zaqar.Application.Identity;
using Zaqar.Domain;

namespace Zaqar.Api.Requests;

/// <summary>The checks that each request to a known path passes before its endpoint is asked, whatever its method.</summary>
/// <remarks>Their order is part of the API, for the first that fails gives the answer. Source: API contract, section 1.3.</remarks>
internal sealed class Checks(Limits limits, SignedUrls signedUrls)
{
    /// <summary>The first of them: whether the request shows a signature, which then stands for an account. An empty one is none.</summary>
    /// <param name="path">The route's, as it came in the request line.</param>
    /// <exception cref="RequestRefused">It shows one that does not open this.</exception>
    public bool IsSigned(HttpRequest request, ReadOnlySpan<char> path)
    {
        var headers = request.Headers;
        if (string.IsNullOrEmpty(headers["URL-Signature"]))
            return false;

        return signedUrls.Admit(PreSigned.In(headers, GivenProject(headers).ToString()), request.Method, path) ? true : throw RequestRefused.NotFound();
    }

    /// <summary>The others, which come after the token where one is asked for.</summary>
    /// <param name="trustor">Whoever showed a token. Then nothing is believed that the client says of itself, but for its <c>Client-ID</c>.</param>
    /// <param name="isSigned">Whether the request showed a signature: it proves the project, and nothing of any roles.</param>
    /// <returns>Who asks, and about what.</returns>
    /// <exception cref="RequestRefused">A check failed.</exception>
    public Caller Pass(HttpContext context, in RouteMatch route, bool isSigned, Trustor? trustor)
    {
        var request = context.Request;
        var headers = request.Headers;

        if (request.ContentLength is not null && IsForm(request.ContentType))
            throw RequestRefused.FormContent();

        if (!AcceptHeader.AdmitsJson(headers.Accept))
            throw RequestRefused.NotAcceptable();

        if (route.Path.IsOpen)
            return new(Credentials.None, new Actor("", null, context.TraceIdentifier, "http"), QueueNames.None("", ofTopic: false), "");

        var clientId = ClientIdOf(headers);
        var project = trustor is null ? ProjectOf(headers) : trustor.Identity.Project ?? throw RequestRefused.ProjectMissing();

        var queue = route.Path.NamesQueue
            ? QueueNames.Read(project, route.First, route.Path.IsOfTopics)
            : QueueNames.None(project, route.Path.IsOfTopics);

        if (headers["EXTRA-SPEC"] is { Count: > 0 } spec)
            CheckExtraSpec(spec);

        var roles = trustor is not null ? trustor.Identity.Roles : isSigned ? [] : Credentials.RolesIn(headers["X-Roles"]);
        var user = trustor?.Identity.User;
        return new(new(project, user, roles), new Actor(clientId, user, context.TraceIdentifier, "http"),
            queue, route.Path.NamesQueue ? route.Second : route.First, route.Third)
        {
            Trustor = trustor,
        };
    }

    private string ClientIdOf(IHeaderDictionary headers)
    {
        var given = headers["Client-ID"];
        return given.Count == 0 ? throw RequestRefused.ClientIdMissing() : ClientId.Canonical(given.ToString(), limits);
    }

    private static StringValues GivenProject(IHeaderDictionary headers)
    {
        var given = headers["X-Project-ID"];
        if (given.Count == 0)
            given = headers["X-Tenant-ID"];
        if (given.Count == 0)
            given = headers["X-Tenant"];
        return given;
    }

    private static string ProjectOf(IHeaderDictionary headers)
    {
        var given = GivenProject(headers);
        if (given.Count == 0)
            throw RequestRefused.ProjectMissing();

        var project = given.ToString();
        return project.Length == 0 ? throw RequestRefused.ProjectEmpty() : project;
    }

    private static void CheckExtraSpec(StringValues given)
    {
        var spec = given.ToString().AsSpan();
        if (spec.IsEmpty)
            return;

        var colon = spec.IndexOf(':');
        if (!(colon < 0 ? spec : spec[..colon]).SequenceEqual("messagecode"))
            throw RequestRefused.UnknownExtraSpec();
    }

    // Exactly: with a charset the original takes it for JSON, and clients have come to rely on it.
    private static bool IsForm(string? contentType) =>
        contentType is not null && contentType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);
}
