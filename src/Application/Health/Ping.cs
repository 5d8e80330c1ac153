using MediatR;

namespace Zaqar.Application.Health;

/// <summary>Whether the database answers; an exception means that it does not.</summary>
public sealed record Ping : IRequest<bool>;

internal sealed class PingHandler(ReadDatabase database) : IRequestHandler<Ping, bool>
{
    public async Task<bool> Handle(Ping request, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand("select true");
        return await database.Scalar(command, cancellationToken) is true;
    }
}
