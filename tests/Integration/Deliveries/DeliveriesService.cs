using Microsoft.Extensions.DependencyInjection;
using Zaqar.Application.Deliveries;

namespace Zaqar.Integration.Deliveries;

/// <summary>A service that delivers nothing by itself.</summary>
public sealed class DeliveriesService : ZaqarService
{
    internal RecordedWakes Wakes { get; } = new();

    protected override void Configure(IServiceCollection services) => services.AddSingleton<IDeliveryWake>(Wakes);
}
