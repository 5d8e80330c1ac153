using System.Net;
using System.Text;
using Xunit;
using Zaqar.Infrastructure.Delivery;
using Zaqar.Infrastructure.Outbound;
using Zaqar.Integration.Delivery.Sinks;

namespace Zaqar.Integration.Delivery;

/// <summary>A subscriber and the parts that send to it, through the outbound guard opened for this machine.</summary>
public class Delivering : IAsyncLifetime
{
    internal const string Document = """{"ttl": 60, "body": {"u": "\u00e9"}, "Message_Type": "Notification", "queue_name": "q1"}""";

    private readonly List<HttpClient> _clients = [];

    internal WebhookSink Sink { get; private set; } = null!;

    internal SetClock Clock { get; } = new();

    public virtual async Task InitializeAsync() => Sink = await WebhookSink.Start();

    public virtual async Task DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await Sink.DisposeAsync();
    }

    internal static Notice Notice(string subscriber, string options = "{}", string id = "msg_1", NoticeKind kind = NoticeKind.Notification) =>
        new(id, "p1", "q1", subscriber, options, kind, Encoding.ASCII.GetBytes(Document));

    /// <summary>The whole way out, as it is used.</summary>
    /// <param name="timeout">20 seconds unless given.</param>
    /// <param name="open">Networks that the guard opens.</param>
    /// <param name="resolve">In place of DNS.</param>
    internal WebhookSender Sender(TimeSpan? timeout = null, string open = "127.0.0.1/32", ResolveHost? resolve = null)
    {
        var policy = new AddressPolicy([IPNetwork.Parse(open)]);
        return Over(GuardedHttp.Create(policy, resolve: resolve), policy, timeout);
    }

    /// <summary>The same without the guard, trusting the sinks' certificate.</summary>
    internal WebhookSender TrustingSender()
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        handler.SslOptions.RemoteCertificateValidationCallback = TestCertificate.Trusted;
        return Over(new(handler), new([IPNetwork.Parse("127.0.0.0/8")]), null);
    }

    /// <summary>A client without the guard, for what the operator names.</summary>
    internal HttpClient PlainClient()
    {
        var client = new HttpClient();
        _clients.Add(client);
        return client;
    }

    private WebhookSender Over(HttpClient http, AddressPolicy policy, TimeSpan? timeout)
    {
        _clients.Add(http);
        return new(http, policy, new NotificationSettings { Timeout = timeout ?? TimeSpan.FromSeconds(20) }, Clock);
    }
}
