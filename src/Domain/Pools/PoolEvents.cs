namespace Zaqar.Domain.Pools;

/// <summary>Something that happened to one pool.</summary>
public interface IPoolEvent
{
    /// <summary>The pool's name.</summary>
    string Name { get; }
}

/// <summary>Where a pool's database is, as it is kept: without its password, unless that is sealed.</summary>
/// <param name="Uri">As the client wrote it, the password as <see cref="PoolUri.Mask"/>: for clients, and what a client sends that means this one.</param>
/// <param name="Sealed">The URI with its password, sealed for the pool's name, in base64; null where it has no password and there was no key.</param>
/// <param name="Target">What it points at: <see cref="PoolUri.Target"/>. No two pools have the same.</param>
public sealed record PoolAddress(string Uri, string? Sealed, string Target);

/// <summary>There is a pool of this name: it is new, or there was one once.</summary>
/// <param name="Weight">Its part of the queues, against those of the others; 0 gets no new ones.</param>
/// <param name="Flavor">Null without one.</param>
/// <param name="Options">A JSON object as the client wrote it.</param>
public sealed record PoolCreated(
    string Name, PoolAddress Address, long Weight, string? Flavor, string Options, DateTimeOffset At, Actor By) : IPoolEvent;

/// <summary>A pool is other than it was: by its own request, or by one about a flavor. Null leaves a value as it was.</summary>
/// <param name="Flavor">Empty where it has none from now on.</param>
/// <param name="Options">In place of the whole of what was.</param>
public sealed record PoolChanged(
    string Name, PoolAddress? Address, long? Weight, string? Flavor, string? Options, DateTimeOffset At, Actor By) : IPoolEvent;

/// <summary>A pool is no more. Its database stays as it is, and whatever is in it.</summary>
public sealed record PoolDeleted(string Name, DateTimeOffset At, Actor By) : IPoolEvent;
