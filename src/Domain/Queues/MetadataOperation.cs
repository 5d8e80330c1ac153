namespace Zaqar.Domain.Queues;

/// <summary>What one operation of a metadata patch does.</summary>
public enum MetadataOperationKind
{
    /// <summary>Sets a key, whether it is there or not.</summary>
    Add,

    /// <summary>Sets a key that is stored or shown by default.</summary>
    Replace,

    /// <summary>Removes a key that is stored; one that is only shown by default stays as it is.</summary>
    Remove,
}

/// <summary>One operation of a metadata patch.</summary>
/// <param name="Key">The metadata key, decoded.</param>
/// <param name="ValueJson">The value as raw JSON; null when the operation removes.</param>
public sealed record MetadataOperation(MetadataOperationKind Kind, string Key, string? ValueJson);
