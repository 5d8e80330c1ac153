using MediatR;

namespace Zaqar.Application.Pools;

/// <summary>One pool; null when there is none.</summary>
public sealed record GetPool(string Name) : IRequest<PoolView?>;

internal sealed class GetPoolHandler(ReadDatabase database) : IRequestHandler<GetPool, PoolView?>
{
    public Task<PoolView?> Handle(GetPool query, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand($"select {PoolView.Columns} from pool where name = $1");
        command.Parameters.Add(new() { Value = query.Name });
        return database.Read(command, async reader => await reader.ReadAsync() ? PoolView.Read(reader) : null, cancellationToken);
    }
}
