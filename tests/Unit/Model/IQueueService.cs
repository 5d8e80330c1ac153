namespace Zaqar.Unit.Model;

/// <summary>
/// The operations that the reference model and a service under test are both asked for. Tests name messages and claims themselves;
/// whoever implements this keeps what ids the service gave them.
/// </summary>
public interface IQueueService
{
    /// <summary>Lets time pass.</summary>
    Task Advance(TimeSpan time);

    /// <param name="metadata">Values are <see cref="long"/>, <see cref="string"/>, <see cref="bool"/> or null.</param>
    Task<ReferenceAnswer> CreateQueue(string queue, IReadOnlyDictionary<string, object?> metadata);

    /// <summary>Applies one operation.</summary>
    /// <param name="op"><c>add</c>, <c>replace</c> or <c>remove</c>.</param>
    Task<ReferenceAnswer> PatchQueue(string queue, string op, string key, object? value);

    Task<ReferenceAnswer> DeleteQueue(string queue);

    /// <summary>Purges the messages.</summary>
    Task<ReferenceAnswer> Purge(string queue);

    Task<ReferenceAnswer> GetStats(string queue);

    /// <param name="client">A name for the client who posts.</param>
    Task<ReferenceAnswer> Post(string queue, string client, IReadOnlyList<ReferenceDraft> drafts);

    /// <param name="after">Name of the message that is the marker; null from the start.</param>
    Task<ReferenceAnswer> List(
        string queue, string client, string? after, int limit, bool echo, bool includeClaimed, bool includeDelayed);

    Task<ReferenceAnswer> Get(string queue, string message);

    Task<ReferenceAnswer> Delete(string queue, string message, string? claim);

    Task<ReferenceAnswer> DeleteMany(string queue, IReadOnlyList<string> messages);

    Task<ReferenceAnswer> Pop(string queue, int count);

    /// <param name="claim">What the test will call the claim if one is made.</param>
    /// <param name="ttl">Seconds; null takes the default.</param>
    /// <param name="grace">Likewise.</param>
    Task<ReferenceAnswer> Claim(string queue, string client, string claim, int limit, long? ttl, long? grace);

    Task<ReferenceAnswer> GetClaim(string queue, string claim);

    Task<ReferenceAnswer> Renew(string queue, string claim, long? ttl, long? grace);

    Task<ReferenceAnswer> Release(string queue, string claim);
}
