namespace Zaqar.Infrastructure.History;

/// <summary>A node cannot serve while the read models are being rebuilt.</summary>
internal sealed class RebuildRunningException()
    : Exception("The read models of this database are being rebuilt, or a rebuild was cut off. Let it finish, or run it again, before serving.");
