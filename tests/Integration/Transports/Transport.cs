using Xunit;
using Zaqar.Integration.WebSockets;

namespace Zaqar.Integration.Transports;

/// <summary>The ways into the service.</summary>
public enum Transport
{
    /// <summary>HTTP.</summary>
    Rest,

    /// <summary>JSON frames.</summary>
    WebSocket,

    /// <summary>MessagePack frames.</summary>
    BinaryWebSocket,
}

/// <summary>The same cases for every transport: a class of them has one derived class for each.</summary>
/// <param name="service">Shared with the other cases, which run one after another; each has a project of its own.</param>
public abstract class TransportTests(WebSocketService service, Transport transport) : IAsyncLifetime
{
    private readonly string _project = $"project-{Guid.NewGuid():N}";
    private readonly List<IMessagingDriver> _drivers = [];

    /// <summary>A client of the case's project.</summary>
    private protected IMessagingDriver Client { get; private set; } = null!;

    public async Task InitializeAsync() => Client = await Another();

    public async Task DisposeAsync()
    {
        foreach (var driver in _drivers)
            await driver.DisposeAsync();
    }

    /// <summary>Another client on the same transport.</summary>
    /// <param name="project">The case's unless given.</param>
    private protected async Task<IMessagingDriver> Another(string? project = null)
    {
        var driver = await Connect(project ?? _project);
        _drivers.Add(driver);
        return driver;
    }

    /// <summary>A client over REST, for what only REST can do.</summary>
    private protected HttpClient Rest() => service.Client(_project);

    private protected void Advance(int seconds) => service.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>Posts messages with these bodies and answers their ids.</summary>
    private protected static async Task<IReadOnlyList<string>> Posted(IMessagingDriver client, string queue, params int[] bodies) =>
        (await client.Post(queue, $"[{string.Join(", ", bodies.Select(body => $$"""{"body": {{body}}, "ttl": 600}"""))}]")).Value
            ?? throw new InvalidOperationException("The post was refused.");

    private async Task<IMessagingDriver> Connect(string project) => transport switch
    {
        Transport.Rest => new RestDriver(service.Client(project)),
        Transport.WebSocket => new WebSocketDriver(await service.Connect(project)),
        _ => new WebSocketDriver(await service.Connect(project, kind: FrameKind.Binary)),
    };
}

/// <summary>All transports of one service; the time moves for all of them.</summary>
[CollectionDefinition(Name)]
public sealed class TransportsCollection : ICollectionFixture<WebSocketService>
{
    public const string Name = "Transports";
}
