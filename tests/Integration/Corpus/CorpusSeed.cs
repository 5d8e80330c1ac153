using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Zaqar.Integration.Corpus;

/// <summary>
/// What a run of the corpus is made from: a number, random unless <c>ZAQAR_CORPUS_SEED</c> gives it. Each case draws from a source of its own, made
/// from the seed and the case's name, so that <c>ZAQAR_CORPUS_CASE</c> (a name, or how names begin) replays it alone with the same bytes.
/// </summary>
internal sealed record CorpusSeed(int Number, string? Only)
{
    public static CorpusSeed OfThisRun { get; } = new(
        int.TryParse(Environment.GetEnvironmentVariable("ZAQAR_CORPUS_SEED"), CultureInfo.InvariantCulture, out var given) ? given : RandomNumberGenerator.GetInt32(int.MaxValue),
        Environment.GetEnvironmentVariable("ZAQAR_CORPUS_CASE") is { Length: > 0 } only ? only : null);

    public Random For(string name) => new(Drawn(name));

    /// <summary>Whether a case is among the one in <paramref name="of"/> that something is done with.</summary>
    public bool Picks(string name, string what, int of) => (uint)Drawn($"{what} {name}") % of == 0;

    public bool Runs(string name) => Only is null || name.StartsWith(Only, StringComparison.Ordinal);

    /// <summary>How to run this again.</summary>
    public override string ToString() => $"ZAQAR_CORPUS_SEED={Number}";

    private int Drawn(string name) => BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{Number} {name}")));
}
