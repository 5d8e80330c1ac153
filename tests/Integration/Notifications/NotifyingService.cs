using Zaqar.Integration.Delivery.Sinks;

namespace Zaqar.Integration.Notifications;

/// <summary>The whole service, let out to this machine, and a subscriber for it.</summary>
public class NotifyingService : ZaqarService
{
    internal WebhookSink Sink { get; private set; } = null!;

    protected override IReadOnlyList<string> Settings => ["--Zaqar:Notification:AllowedNetworks:0=127.0.0.0/8"];

    public override async Task InitializeAsync()
    {
        Sink = await WebhookSink.Start();
        await base.InitializeAsync();
    }

    // The subscriber first: who hangs on it goes free.
    public override async Task DisposeAsync()
    {
        await Sink.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>A path of the sink that no other test uses.</summary>
    internal static string NewPath() => $"/{Guid.NewGuid():N}";
}
