namespace Zaqar.Domain.Claims;

public sealed class ClaimNotFound(string id)
    : RejectedException(ErrorKind.NotFound, $"Claim {id} does not exist or is over.");

public sealed class ClaimTtlOutOfRange(long ttl, int max)
    : RejectedException(ErrorKind.InvalidRequest, $"A claim's ttl is between {Limits.MinTtl} and {max} seconds; {ttl} was given.");

public sealed class ClaimGraceOutOfRange(long grace, int max)
    : RejectedException(ErrorKind.InvalidRequest, $"A claim's grace is between {Limits.MinTtl} and {max} seconds; {grace} was given.");
