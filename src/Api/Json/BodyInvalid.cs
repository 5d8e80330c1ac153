using Zaqar.Domain;

namespace Zaqar.Api.Json;

/// <summary>A request's body is missing, no valid JSON, or not of the shape that its endpoint takes. Its text is never quoted.</summary>
internal sealed class BodyInvalid(string reason, ErrorKind kind = ErrorKind.InvalidBody) : RejectedException(kind, reason);
