using Zaqar.Api.Errors;
using Zaqar.Domain.Messages;

namespace Zaqar.Api.Messages;

/// <summary>Reads lists of message and claim ids from a query.</summary>
internal static class MessageIds
{
    /// <param name="given">At least one.</param>
    /// <returns>Those that are ids of ours at all; others are like ids of messages that are gone.</returns>
    /// <exception cref="TooManyIds">More than <paramref name="max"/> were given.</exception>
    public static IReadOnlyList<MessageId> Read(IReadOnlyList<string> given, int max)
    {
        if (given.Count > max)
            throw new TooManyIds(given.Count, max);

        var ids = new List<MessageId>(given.Count);
        foreach (var text in given)
            if (MessageId.TryParse(text, out var id))
                ids.Add(id);

        return ids;
    }

    /// <summary>The ids of claims that hold messages.</summary>
    /// <exception cref="ParametersDisagree">There are none.</exception>
    public static Guid[] Claims(IReadOnlyList<string> given) => given.Count == 0
        ? throw new ParametersDisagree("This service deletes messages by ids only with the claim_ids that hold them.")
        : [.. given.Select(Claim)];

    /// <summary>A claim's id; <see cref="Guid.Empty"/>, which no claim has, for anything else.</summary>
    public static Guid Claim(string text) => Guid.TryParseExact(text, "D", out var id) ? id : Guid.Empty;
}
