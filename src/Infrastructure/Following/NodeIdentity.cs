namespace Zaqar.Infrastructure.Following;

/// <summary>What this run of this node is called.</summary>
internal sealed class NodeIdentity
{
    public Guid Id { get; } = Guid.NewGuid();
}
