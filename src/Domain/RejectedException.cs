namespace Zaqar.Domain;

/// <summary>An expected refusal: the request is understood and not carried out, and nothing has changed.</summary>
/// <param name="kind">What sort of refusal; each transport turns it into its own status and title.</param>
/// <param name="message">A sentence for the client that names the bound and the value that broke it.</param>
public abstract class RejectedException(ErrorKind kind, string message) : Exception(message)
{
    public ErrorKind Kind { get; } = kind;
}

/// <summary>The sorts of refusal. Source: API contract, section 1.6.</summary>
public enum ErrorKind
{
    /// <summary>400 <c>Invalid API request</c>: a value outside its limits or a bad combination.</summary>
    InvalidRequest,

    /// <summary>400 <c>Invalid request body</c>: absent, unparsable or mistyped JSON.</summary>
    InvalidBody,

    /// <summary>400 <c>Invalid parameter</c>: a query parameter of the wrong type.</summary>
    InvalidParameter,

    /// <summary>400 <c>Unable to delete</c>: the given claim does not hold the message.</summary>
    BadClaim,

    /// <summary>400 <c>Unable to update subscription</c>: the change names nothing to change.</summary>
    NothingToUpdate,

    /// <summary>400 <c>Unable to create</c>: a flavor without pools, or with one that is not there.</summary>
    UnableToCreate,

    /// <summary>400 <c>updatefail</c>: a flavor is to have a pool that is not there.</summary>
    UpdateFailed,

    /// <summary>403 <c>Unable to delete</c>: the message is claimed by someone else.</summary>
    Claimed,

    /// <summary>403 <c>Unable to delete</c>: something else needs it.</summary>
    InUse,

    /// <summary>404 <c>Not found</c>.</summary>
    NotFound,

    /// <summary>409 <c>Resource conflict</c>.</summary>
    Conflict,

    /// <summary>503 <c>Service temporarily unavailable</c>: not carried out, or the outcome is unknown; try again.</summary>
    Unavailable,
}
