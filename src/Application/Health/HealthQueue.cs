using Zaqar.Domain.Queues;

namespace Zaqar.Application.Health;

/// <summary>The queue that one check of health is made on, in a project of the same name: nobody else knows of either.</summary>
/// <param name="Check">Random, so that checks never meet.</param>
public readonly record struct HealthQueue(Guid Check)
{
    public static HealthQueue New() => new(Guid.NewGuid());

    public QueueId Id => new($"health-{Check:N}", $"health-{Check:N}");
}
