using System.Text.Json;
using Zaqar.Api.Errors;
using Zaqar.Api.Requests;
using Zaqar.Api.Routing;
using Zaqar.Application;
using Zaqar.Application.Identity;
using Zaqar.Domain;

namespace Zaqar.Api.WebSockets;

/// <summary>Lets requests of a connection in: finds the action, judges the schema, who asks, and the policy, and asks the action.</summary>
/// <remarks>Their order is part of the API, for the first that fails gives the answer. Source: API contract, sections 7.2 to 7.6.</remarks>
internal sealed class Requests
{
    private const int MaxClientIdLength = 300;
    private const int MaxQuoted = 100;

    private static readonly string[] _texts = ["User-Agent", "Date", "Accept", "Client-ID", "X-Project-ID", "X-Auth-Token"];

    private readonly Dictionary<string, (ApiAction Api, IAction Action)> _actions;
    private readonly Limits _limits;
    private readonly RateLimit _rate;
    private readonly Policy _policy;
    private readonly SignedUrls _signedUrls;
    private readonly ITokens? _tokens;
    private readonly TimeProvider _time;
    private readonly DatabaseClock _clock;

    public Requests(
        IServiceProvider services, Limits limits, RateLimit rate, Policy policy, SignedUrls signedUrls, TimeProvider time, DatabaseClock clock)
    {
        (_limits, _rate, _policy, _signedUrls, _time, _clock) = (limits, rate, policy, signedUrls, time, clock);
        _tokens = services.GetService<ITokens>();
        _actions = ActionTable.All.Select(UnguardedRouteException.Check).ToDictionary(
            action => action.Name, action => (action, (IAction)ActivatorUtilities.CreateInstance(services, action.Action)), StringComparer.Ordinal);
    }

    /// <summary>Whether who asks has to show it.</summary>
    public bool AreAuthenticated => _tokens is not null;

    public DateTimeOffset Now => _time.GetUtcNow() + _clock.Ahead;

    /// <summary>Whether a request may be worked on before those in front of it are answered, because the committer keeps their order.</summary>
    public bool IsCommitted(Envelope request) => request.Action is { } name && _actions.TryGetValue(name, out var found) && found.Api.IsCommitted;

    /// <exception cref="FrameRefused">Before any rule was asked.</exception>
    /// <exception cref="RequestRefused">By a check or the policy.</exception>
    /// <exception cref="RejectedException">By a rule.</exception>
    public Task<Reply> Answer(Envelope request, Session session, string requestId, ISelf self, bool isBinary)
    {
        if (request.Action is ActionTable.Authenticate)
            return Authenticate(request, session);

        if (request.Action is not { } name || !_actions.TryGetValue(name, out var found))
            throw new FrameRefused(400, $"{Named(request)} is not a valid action");

        CheckHeaders(request, "Client-ID", "X-Project-ID");
        found.Api.CheckSchema(request);
        var queueName = found.Api.NamesQueue ? request.Body.Required("queue_name") : "";
        var (by, trustor) = Admit(request, session, found.Api, queueName);

        var clientId = request.Headers.Required("Client-ID");
        if (by.Project.Length == 0)
            throw RequestRefused.ProjectEmpty();
        if (clientId.Length > MaxClientIdLength)
            throw FrameRefused.Schema();
        var queue = found.Api.NamesQueue ? QueueNames.Read(by.Project, queueName, ofTopic: false) : QueueNames.None(by.Project, ofTopic: false);
        if (!_rate.Admits(by.Project, out var wait))
            throw RequestRefused.TooManyRequests(wait);
        if (!_policy.Allows(found.Api.Rule, by))
            throw RequestRefused.NotAuthorized();

        return found.Action.Handle(new(
            by, new Actor(ClientId.Lenient(clientId, _limits), by.User, requestId, "websocket"), queue, request.Body, request.BodyJson, self, isBinary)
        {
            Trustor = trustor,
        });
    }

    private async Task<Reply> Authenticate(Envelope request, Session session)
    {
        CheckHeaders(request, "X-Project-ID", "X-Auth-Token");
        if (_tokens is not null)
        {
            var token = request.Headers.Required("X-Auth-Token");
            if (await _tokens.Validate(token, CancellationToken.None) is not { } identity || identity.ExpiresAt <= Now)
                throw new FrameRefused(401, "Authentication failed.");
            if (!session.TryBind(new(token, identity), request.Headers.Required("X-Project-ID")))
                throw FrameRefused.NotAuthenticated();
        }

        return Reply.Of(200, "Authentified.", (json, message) =>
        {
            json.WriteStartObject();
            json.WriteString("message", message);
            json.WriteEndObject();
        });
    }

    // A signature can only narrow what is let in: where there is one it has to be right, whoever shows it.
    private (Credentials By, Trustor? Trustor) Admit(Envelope request, Session session, ApiAction action, string queueName)
    {
        var project = request.Headers.Required("X-Project-ID");
        if (ShowsSignature(request.Headers))
        {
            if (action.SignedMethod is not { } method
                || !_signedUrls.Admit(Shown(request.Headers, project), method, $"/v2/queues/{queueName}/messages"))
                throw FrameRefused.NotAuthenticated();

            session.ShowedSignature();
            return (new(project, null, []), null);
        }

        if (_tokens is null)
            return (new(project, null, request.Headers.Text("X-Roles") is { } roles ? Credentials.RolesIn(roles) : []), null);

        return session.IsLive(Now) && session.Trustor is { } trustor && trustor.Identity.Project == project
            ? (new(project, trustor.Identity.User, trustor.Identity.Roles), trustor)
            : throw FrameRefused.NotAuthenticated();
    }

    private static bool ShowsSignature(Members headers) =>
        headers.TypeOf("URL-Signature") is { } type && (type != JsonTokenType.String || headers.Text("URL-Signature") is { Length: > 0 });

    private static PreSigned Shown(Members headers, string project)
    {
        try
        {
            return PreSigned.Of(headers.Required("URL-Signature"), headers.Texts("URL-Methods") ?? [], headers.Texts("URL-Paths") ?? [], project,
                headers.Text("URL-Expires") ?? "");
        }
        catch (FrameRefused)
        {
            // What is of another type than it has opens nothing either.
            throw FrameRefused.NotAuthenticated();
        }
    }

    private static void CheckHeaders(Envelope request, params ReadOnlySpan<string> required)
    {
        if (!request.HasHeaders)
            throw FrameRefused.Schema();

        foreach (var name in _texts)
            request.Headers.Text(name);
        foreach (var name in required)
            request.Headers.Required(name);
    }

    // What is no text is quoted as it came; what is missing has the name that the original gives it.
    private static string Named(Envelope request)
    {
        var name = request.Action ?? (request.ActionJson.IsEmpty || request.ActionJson.Span.SequenceEqual("null"u8)
            ? "None" : System.Text.Encoding.UTF8.GetString(request.ActionJson.Span[..Math.Min(request.ActionJson.Length, MaxQuoted)]));
        return name.Length <= MaxQuoted ? name : name[..MaxQuoted];
    }
}
