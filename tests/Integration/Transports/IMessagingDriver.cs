using System.Text.Json;

namespace Zaqar.Integration.Transports;

/// <summary>
/// What every transport can do, for one project and one client, however it says it. A status is the API's number; values are those of
/// an answer that is no refusal.
/// </summary>
/// <remarks>Null leaves a parameter away. JSON parameters are sent as they are spelled, as far as the transport can spell.</remarks>
internal interface IMessagingDriver : IAsyncDisposable
{
    /// <summary>Where the transports are meant to differ.</summary>
    Differences Differences { get; }

    Task<int> CreateQueue(string queue, string? metadataJson = null);

    /// <returns>The metadata; over REST with defaults for what is not stored.</returns>
    Task<Result<JsonElement>> GetQueue(string queue);

    Task<Result<IReadOnlyList<SeenQueue>>> ListQueues(string? marker = null, long? limit = null, bool? detailed = null);

    Task<int> DeleteQueue(string queue);

    Task<Result<SeenStats>> Stats(string queue);

    Task<int> Purge(string queue, string? resourceTypesJson = null);

    /// <returns>Ids in the order given.</returns>
    Task<Result<IReadOnlyList<string>>> Post(string queue, string messagesJson);

    Task<Result<IReadOnlyList<SeenMessage>>> List(
        string queue, string? marker = null, long? limit = null, bool? echo = null, bool? includeClaimed = null, bool? includeDelayed = null);

    Task<Result<SeenMessage>> Get(string queue, string message);

    Task<Result<IReadOnlyList<SeenMessage>>> GetMany(string queue, IReadOnlyList<string> messages);

    Task<int> Delete(string queue, string message, string? claim = null);

    Task<int> DeleteMany(string queue, IReadOnlyList<string> messages);

    Task<Result<IReadOnlyList<SeenMessage>>> Pop(string queue, long count);

    Task<Result<SeenClaim>> Claim(string queue, long? ttl = null, long? grace = null, long? limit = null);

    Task<Result<SeenClaim>> GetClaim(string queue, string claim);

    Task<int> UpdateClaim(string queue, string claim, long? ttl = null, long? grace = null);

    Task<int> ReleaseClaim(string queue, string claim);

    /// <returns>The subscription's id.</returns>
    Task<Result<string>> Subscribe(string queue, string subscriber, long? ttl = null, string? optionsJson = null);

    Task<Result<IReadOnlyList<SeenSubscription>>> ListSubscriptions(string queue, string? marker = null, long? limit = null);

    Task<Result<SeenSubscription>> GetSubscription(string queue, string subscription);

    Task<int> Unsubscribe(string queue, string subscription);
}

/// <param name="Value">Null for a refusal.</param>
internal sealed record Result<T>(int Status, T? Value);

/// <summary>Statuses that the contract asks to be different. Source: API contract, sections 1.10, 2.2, 2.4 and 7.4.</summary>
internal sealed record Differences(int ListOfMissingQueue, int StatsOfMissingQueue, int NoneOfMany, int UnconfirmedDuplicate);

/// <param name="Metadata">Null when the listing is not detailed.</param>
internal sealed record SeenQueue(string Name, JsonElement? Metadata);

/// <param name="Oldest">Id of the oldest message; null exactly when there is none.</param>
internal sealed record SeenStats(long Claimed, long Free, long Total, string? Oldest, string? Newest);

/// <param name="Body">JSON without spaces between its tokens.</param>
/// <param name="Claim">The claim that holds it; null when none is said to.</param>
internal sealed record SeenMessage(string Id, long Ttl, long Age, string Body, string? Claim)
{
    /// <summary>JSON as it was spelled, but for spaces and escapes.</summary>
    public static string Spelled(JsonElement body) => JsonSerializer.Serialize(body, _deep);

    private static readonly JsonSerializerOptions _deep = new() { MaxDepth = 2_000 };
}

/// <param name="Id">Null when nothing was claimed.</param>
/// <param name="Ttl">Seconds; null when the answer does not say.</param>
internal sealed record SeenClaim(string? Id, IReadOnlyList<SeenMessage> Messages, long? Ttl = null, long? Age = null);

internal sealed record SeenSubscription(string Id, string Source, string Subscriber, long Ttl, long Age, string Options, bool Confirmed);
