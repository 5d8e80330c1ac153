namespace Zaqar.Integration.Corpus;

/// <summary>One bad request, or one that is only odd.</summary>
/// <param name="Name">Unique; what replays it alone.</param>
/// <param name="Ask">Makes it from a right one.</param>
internal sealed record Case(string Name, Func<Good, WireRequest> Ask)
{
    /// <summary>Whether only a refusal will do. Else anything documented.</summary>
    public bool MustBeRefused { get; init; }

    /// <summary>Whether the web server itself may refuse it, in its own way.</summary>
    public bool MayBeBare { get; init; }

    /// <summary>Whether it may be cut off without an answer: it is no whole request.</summary>
    public bool MayBeCut { get; init; }

    /// <summary>Whether the client takes no JSON, and hears of errors without a body.</summary>
    public bool MayTakeNoJson { get; init; }

    /// <summary>Whether the client sends nothing more: its half of the connection is closed.</summary>
    public bool Ends { get; init; }
}
