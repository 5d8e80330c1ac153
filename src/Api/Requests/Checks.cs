using Microsoft.Extensions.Primitives;
using Zaqar.Api.Errors;
using Zaqar.Api.Routing;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Api.Requests;

/// <summary>The checks that each request to a known path passes before its endpoint is asked, whatever its method.</summary>
/// <remarks>Their order is part of the API, for the first that fails gives the answer. Source: API contract, section 1.3.</remarks>
internal sealed class Checks(Limits limits, SignedUrls signedUrls)
{
    /// <param name="path">The route's, as it came in the request line.</param>
    /// <returns>Who asks, and about what.</returns>
    /// <exception cref="RequestRefused">A check failed.</exception>
    public Caller Pass(HttpContext context, in RouteMatch route, ReadOnlySpan<char> path)
    {
        var request = context.Request;
        var headers = request.Headers;

        var isSigned = !string.IsNullOrEmpty(headers["URL-Signature"]);
        if (isSigned && !signedUrls.Admit(PreSigned.In(headers, GivenProject(headers).ToString()), request.Method, path))
            throw RequestRefused.NotFound();

        if (request.ContentLength is not null && IsForm(request.ContentType))
            throw RequestRefused.FormContent();

        if (!AcceptHeader.AdmitsJson(headers.Accept))
            throw RequestRefused.NotAcceptable();

        if (route.Path.IsOpen)
            return new(Credentials.None, new Actor("", null, context.TraceIdentifier, "http"), "", "");

        var clientId = ClientIdOf(headers);
        var project = ProjectOf(headers);

        if (route.Path.NamesQueue)
            CheckQueue(project, route.First);

        if (headers["EXTRA-SPEC"] is { Count: > 0 } spec)
            CheckExtraSpec(spec);

        // A bearer has what was signed and nothing that it says of itself.
        return new(new(project, null, isSigned ? [] : Credentials.RolesIn(headers["X-Roles"])), new Actor(clientId, null, context.TraceIdentifier, "http"),
            route.Path.NamesQueue ? route.First : "", route.Path.NamesQueue ? route.Second : route.First, route.Third);
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

    private static void CheckQueue(string project, string name)
    {
        if (project.Length > Limits.MaxProjectLength)
            throw RequestRefused.ProjectTooLong(Limits.MaxProjectLength);

        if (!QueueId.IsName(name))
            throw RequestRefused.QueueName(QueueId.MaxNameLength);
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
