using FluentAssertions;
using Zaqar.Domain;
using Zaqar.Domain.Pools;

namespace Zaqar.Unit.Pools;

/// <summary>The pools that specifications speak of, and what came of a decision about them.</summary>
internal static class PoolStory
{
    public static readonly DateTimeOffset Now = Story.At(60);

    public static PoolAddress AddressOf(string database) => new($"postgresql://zaqar:***@db/{database}", $"sealed {database}", $"db:5432/{database}");

    public static PoolState Pool(string name, string? flavor = null, long weight = 10) => new(name, AddressOf(name), weight, flavor, "{}");

    public static PoolDraft Draft(long? weight = 10, string? flavor = null, string? options = null) => new("given elsewhere", weight, flavor, options);

    public static PoolCreated Created(string name, string? flavor = null, long weight = 10, string options = "{}") =>
        new(name, AddressOf(name), weight, flavor, options, Now, Story.Client);

    public static PoolChanged Changed(string name, PoolAddress? address = null, long? weight = null, string? flavor = null, string? options = null) =>
        new(name, address, weight, flavor, options, Now, Story.Client);

    public static void ShouldBe<T>(this Decision<T> decision, T answer, params object[] events)
    {
        decision.Answer.Should().Be(answer);
        decision.Events.Select(Specification.Described).Should().Equal(events.Select(Specification.Described));
    }

    public static void ShouldBeRefused<TError>(this Action decide, ErrorKind kind) where TError : RejectedException =>
        decide.Should().ThrowExactly<TError>().Which.Kind.Should().Be(kind);
}
