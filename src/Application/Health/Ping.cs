using MediatR;
using Npgsql;

namespace Zaqar.Application.Health;

/// <summary>Whether the database answers; an exception means that it does not.</summary>
public sealed record Ping : IRequest<bool>;

internal sealed class PingHandler(NpgsqlDataSource database) : IRequestHandler<Ping, bool>
{
    public async Task<bool> Handle(Ping request, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select true");
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }
}
