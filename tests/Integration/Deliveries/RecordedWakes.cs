using System.Collections.Concurrent;
using Zaqar.Application.Deliveries;

namespace Zaqar.Integration.Deliveries;

// To be deleted when deliveries are made: then a redelivery shows in what the subscriber gets.
/// <summary>Remembers whose deliveries were asked for again.</summary>
internal sealed class RecordedWakes : IDeliveryWake
{
    public ConcurrentQueue<(string Project, Guid Subscription)> All { get; } = new();

    public ValueTask Wake(string project, Guid subscription)
    {
        All.Enqueue((project, subscription));
        return ValueTask.CompletedTask;
    }
}
