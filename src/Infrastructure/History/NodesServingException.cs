namespace Zaqar.Infrastructure.History;

/// <summary>The read models cannot be rebuilt while a node serves on the database.</summary>
internal sealed class NodesServingException()
    : Exception("A node serves on this database. Stop every node before rebuilding.");
