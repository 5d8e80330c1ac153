using Zaqar.Domain;

namespace Zaqar.Api.Errors;

/// <summary>A query parameter is of the wrong type.</summary>
internal sealed class ParameterInvalid(string name, string expected)
    : RejectedException(ErrorKind.InvalidParameter, $"The parameter {name} must be {expected}.");

/// <summary>A query parameter is outside its bounds.</summary>
internal sealed class ParameterOutOfRange(string name, long given, long min, long max)
    : RejectedException(ErrorKind.InvalidRequest, $"The parameter {name} must be between {min} and {max}; {given} was given.");

/// <summary>More ids in one request than it takes.</summary>
internal sealed class TooManyIds(int given, int max)
    : RejectedException(ErrorKind.InvalidRequest, $"A request names at most {max} messages by their ids; {given} were given.");

/// <summary>Query parameters that do not go together, or one that lacks another.</summary>
internal sealed class ParametersDisagree(string reason) : RejectedException(ErrorKind.InvalidRequest, reason);

/// <summary>A body has more bytes than its endpoint takes.</summary>
internal sealed class BodyTooLarge(int max, ErrorKind kind)
    : RejectedException(kind, $"The body of this request has at most {max} bytes.");
