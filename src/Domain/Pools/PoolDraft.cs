namespace Zaqar.Domain.Pools;

/// <summary>What a client wants of a pool; null leaves a value, or takes its default in a new one.</summary>
/// <param name="Uri">Not judged yet: see <see cref="PoolUri.Parse"/>.</param>
/// <param name="Flavor">Empty for none.</param>
/// <param name="Options">A JSON object as the client wrote it.</param>
public sealed record PoolDraft(string? Uri, long? Weight, string? Flavor, string? Options)
{
    /// <summary>Without the URI, which may hold a password.</summary>
    public override string ToString() => $"{nameof(PoolDraft)} of weight {Weight}, flavor {Flavor}";

    /// <summary>Longest URI, and longest name of a flavor in a pool, in characters.</summary>
    public const int MaxTextLength = 255;

    public const long MaxWeight = 4_294_967_295;

    /// <summary>Judges the values as far as each stands for itself.</summary>
    /// <exception cref="PoolInvalid">One is outside its bounds.</exception>
    public void Check()
    {
        if (Uri is { Length: > MaxTextLength })
            throw new PoolInvalid($"A pool's uri has at most {MaxTextLength} characters; {Uri.Length} were given.");

        if (Weight is < 0 or > MaxWeight)
            throw new PoolInvalid($"A pool's weight is between 0 and {MaxWeight}; {Weight} was given.");

        if (Flavor is { Length: > MaxTextLength })
            throw new PoolInvalid($"A pool's flavor has at most {MaxTextLength} characters; {Flavor.Length} were given.");

        if (Flavor is not null && Flavor.Any(char.IsControl))
            throw new PoolInvalid("A pool's flavor has no control characters.");
    }
}
