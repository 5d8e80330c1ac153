using System.Text.Json;

namespace Zaqar.Api.WebSockets;

/// <summary>One line of the action table: what answers an action, who may ask, and what it takes.</summary>
/// <param name="Rule">Policy rule that guards it: that of the same operation over HTTP.</param>
/// <param name="Action">The <see cref="IAction"/>.</param>
/// <param name="Required">Members that the body has; none where there need be no body.</param>
/// <param name="Optional">Members that are looked at when they are there; null counts as absent, and all others are ignored.</param>
/// <remarks>Source: API contract, section 7.4.</remarks>
internal sealed record ApiAction(string Name, string Rule, Type Action, string[] Required, params string[] Optional)
{
    /// <summary>
    /// Whether it is decided by the committer, in the order in which it is sent there, and has a short answer: then it need not wait for the one before
    /// to be committed.
    /// </summary>
    public bool IsCommitted { get; init; }

    /// <summary>The method whose signature opens it; null where none does. Source: API contract, section 7.6.</summary>
    public string? SignedMethod { get; init; }

    public bool NamesQueue => Required.Contains("queue_name");

    /// <summary>Judges shape and types of a request's body.</summary>
    /// <exception cref="FrameRefused">Something is missing, or of another type than it has.</exception>
    public void CheckSchema(Envelope request)
    {
        if (request.BodyIsMistyped || (!request.HasBody && Required.Length > 0))
            throw FrameRefused.Schema();

        foreach (var name in Required)
            if (request.Body.TypeOf(name) is null)
                throw FrameRefused.Schema();

        foreach (var name in Required.Concat(Optional))
            if (request.Body.TypeOf(name) is { } type && !IsOfType(request.Body, name, type))
                throw FrameRefused.Schema();
    }

    private static bool IsOfType(Members body, string name, JsonTokenType type) => name switch
    {
        "limit" or "ttl" or "grace" or "pop" => body.Integer(name) is not null,
        "detailed" or "echo" or "include_claimed" or "include_delayed" => body.Boolean(name) is not null,
        "message_ids" or "claim_ids" or "messages" or "resource_types" => type == JsonTokenType.StartArray,
        "metadata" or "options" => type == JsonTokenType.StartObject,
        _ => body.Text(name) is not null,
    };
}
