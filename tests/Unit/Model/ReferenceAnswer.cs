namespace Zaqar.Unit.Model;

/// <summary>What a client sees of an answer, in the names that the test gave to messages and claims.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">The error body's title; null without an error.</param>
public sealed record ReferenceAnswer(int Status, string? Title = null)
{
    /// <summary>In the order answered.</summary>
    public IReadOnlyList<ReferenceMessage> Messages { get; init; } = [];

    /// <summary>Of a claim that was asked for.</summary>
    public ReferenceClaim? Claim { get; init; }

    public ReferenceStats? Stats { get; init; }

    public override string ToString() =>
        $"{Status}{(Title is null ? "" : $" {Title}")} [{string.Join("; ", Messages)}]{(Claim is null ? "" : $" {Claim}")}{(Stats is null ? "" : $" {Stats}")}";
}

/// <param name="Name">What the test calls the message.</param>
/// <param name="Ttl">Seconds as reported.</param>
/// <param name="Age">Whole seconds since it was posted.</param>
/// <param name="Claim">The live claim that the answer says holds it; null without one.</param>
/// <param name="ClaimCount">Null where the answer does not tell: only a pop does.</param>
public sealed record ReferenceMessage(string Name, long Ttl, long Age, string? Claim, int? ClaimCount)
{
    public override string ToString() =>
        $"{Name} ttl {Ttl} age {Age}{(Claim is null ? "" : $" claim {Claim}")}{(ClaimCount is null ? "" : $" claimed {ClaimCount}")}";
}

/// <param name="Age">Whole seconds since it was made or last renewed.</param>
public sealed record ReferenceClaim(long Ttl, long Age);

/// <param name="Oldest">Name of the oldest message; null without any.</param>
public sealed record ReferenceStats(long Claimed, long Free, long Total, string? Oldest, string? Newest);

/// <summary>A message to post.</summary>
/// <param name="Name">What the test calls it; carried as its body, so that any answer tells which message it is.</param>
/// <param name="Ttl">Seconds; null when the client says nothing.</param>
/// <param name="Delay">Seconds; null when the client says nothing.</param>
public sealed record ReferenceDraft(string Name, long? Ttl = null, long? Delay = null);
