using Microsoft.AspNetCore.WebUtilities;
using Zaqar.Api.Requests;
using Zaqar.Domain.Queues;

namespace Zaqar.Api.Confirmation;

/// <summary>The link of a confirmation mail, or the form of the page behind it, read but not judged.</summary>
/// <param name="Shown">What lets its bearer confirm; its one path is <paramref name="Queue"/>'s and <paramref name="Subscription"/>'s.</param>
/// <param name="Confirmed">What the pressed button says; null for a link, or another form than ours.</param>
/// <remarks>The link's <c>Queue</c> and <c>Url</c> are not signed, so what they say is not believed. Source: API contract, section 8.4.</remarks>
internal sealed record ConfirmationRequest(PreSigned Shown, QueueId Queue, Guid Subscription, bool? Confirmed)
{
    /// <summary>What a link opens, and nothing else.</summary>
    public const string Method = "PUT";

    /// <param name="encoded">A query string or a form's body.</param>
    /// <returns>Null when a parameter is missing or there twice, or when it opens anything but one subscription's confirmation.</returns>
    public static ConfirmationRequest? Read(string? encoded)
    {
        var given = QueryHelpers.ParseQuery(encoded);
        return One("Signature") is { } signature && One("Methods") is Method && One("Paths") is { } path
            && One("Project") is { } project && One("Expires") is { } expires
            && path.Split('/') is ["", "v2", ("queues" or "topics") and var kind, var name, "subscriptions", var id, "confirm"]
            && QueueId.IsName(name) && Guid.TryParseExact(id, "D", out var subscription)
            ? new(new(signature, Method, path, project, expires), kind == "topics" ? QueueId.OfTopic(project, name) : new(project, name), subscription, Button())
            : null;

        string? One(string name) => given.TryGetValue(name, out var values) && values is [{ Length: > 0 } value] ? value : null;

        bool? Button() => One("Confirmed") switch { "true" => true, "false" => false, _ => null };
    }
}
