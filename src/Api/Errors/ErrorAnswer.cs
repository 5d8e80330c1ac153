using System.Data.Common;
using Zaqar.Domain;

namespace Zaqar.Api.Errors;

/// <summary>How a failure is answered.</summary>
/// <param name="Description">For the client; null where the API gives none.</param>
/// <param name="IsOurs">Whether the failure is the service's and belongs in its log.</param>
/// <param name="RetryAfter">When the same request may succeed; null when there is no saying.</param>
/// <remarks>Source: API contract, section 1.6.</remarks>
internal sealed record ErrorAnswer(int Status, string Title, string? Description, bool IsOurs = false, TimeSpan? RetryAfter = null)
{
    private const string TryAgain = "Please try again in a moment.";

    public static ErrorAnswer To(Exception failure) => failure switch
    {
        RejectedException rejected => To(rejected),
        RequestRefused refused => new(refused.Status, refused.Title, refused.Description, RetryAfter: refused.RetryAfter),
        BadHttpRequestException => new(400, "Invalid request body", "The body of this request is cut off or badly chunked."),
        OperationCanceledException => Unavailable("The service gave up on this request.", isOurs: true),
        _ when IsOutage(failure) => Unavailable("The service cannot reach its storage.", isOurs: true),
        _ => new(500, "Internal server error", "The service failed; its log tells why, by this request's id.", IsOurs: true),
    };

    /// <summary>Whether the storage is to blame, so that the same request may succeed later.</summary>
    public static bool IsOutage(Exception? failure) =>
        failure is DbException or TimeoutException || (failure is not null && IsOutage(failure.InnerException));

    private static ErrorAnswer To(RejectedException rejected) => rejected.Kind switch
    {
        ErrorKind.InvalidRequest => new(400, "Invalid API request", rejected.Message),
        ErrorKind.InvalidBody => new(400, "Invalid request body", rejected.Message),
        ErrorKind.InvalidParameter => new(400, "Invalid parameter", rejected.Message),
        ErrorKind.BadClaim => new(400, "Unable to delete", rejected.Message),
        ErrorKind.NothingToUpdate => new(400, "Unable to update subscription", rejected.Message),
        ErrorKind.UnableToCreate => new(400, "Unable to create", rejected.Message),
        ErrorKind.UpdateFailed => new(400, "updatefail", rejected.Message),
        ErrorKind.Claimed => new(403, "Unable to delete", rejected.Message),
        ErrorKind.InUse => new(403, "Unable to delete", rejected.Message),
        ErrorKind.NotFound => new(404, "Not found", rejected.Message),
        ErrorKind.Conflict => new(409, "Resource conflict", rejected.Message),
        ErrorKind.Unavailable => Unavailable(rejected.Message, isOurs: false),
        _ => throw new ArgumentOutOfRangeException(nameof(rejected), rejected.Kind, "No answer is known for this kind."),
    };

    private static ErrorAnswer Unavailable(string reason, bool isOurs) =>
        new(503, "Service temporarily unavailable", $"{reason} {TryAgain}", isOurs, TimeSpan.FromSeconds(1));
}
