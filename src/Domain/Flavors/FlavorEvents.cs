namespace Zaqar.Domain.Flavors;

/// <summary>Something that happened to one flavor of a project. Which pools are of it is said by the pools.</summary>
public interface IFlavorEvent
{
    /// <summary>The flavor's name.</summary>
    string Name { get; }
}

/// <summary>A project has a flavor of this name: it is new, or there was one once.</summary>
public sealed record FlavorCreated(string Name, DateTimeOffset At, Actor By) : IFlavorEvent;

/// <summary>A project has it no more. Queues stay where they are.</summary>
public sealed record FlavorDeleted(string Name, DateTimeOffset At, Actor By) : IFlavorEvent;
