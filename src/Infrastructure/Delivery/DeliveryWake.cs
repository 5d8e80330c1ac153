using Wolverine.Runtime;
using Zaqar.Application.Deliveries;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>Says the word that wakes a lane.</summary>
internal sealed class DeliveryWake(IWolverineRuntime runtime) : IDeliveryWake
{
    public ValueTask Wake(string project, Guid subscription) => new MessageBus(runtime).PublishAsync(new Deliver(project, subscription));
}
