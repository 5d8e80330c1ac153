using MediatR;
using Zaqar.Domain;

namespace Zaqar.Application.Health;

/// <summary>Tries every pool out as <see cref="CheckHealth"/> does one database; for a service with pools, whose router answers it.</summary>
public sealed record CheckPools(Actor By) : IRequest<PooledHealth>;
