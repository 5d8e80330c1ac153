using Wolverine.Runtime;
using Zaqar.Application.Deliveries;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>Says the word that wakes a lane; where this node does not deliver, one that does finds what is due.</summary>
internal sealed class DeliveryWake(IWolverineRuntime runtime, NotificationSettings settings) : IDeliveryWake
{
    public ValueTask Wake(string project, Guid subscription) => settings.Enabled
        ? new MessageBus(runtime).PublishAsync(new Deliver(project, subscription))
        : ValueTask.CompletedTask;
}
