namespace Zaqar.Infrastructure.History;

/// <summary>A node cannot serve while the read models are being rebuilt.</summary>
internal sealed class RebuildRunningException()
    : Exception("The read models of this database are being rebuilt. Start again when that is done.");
