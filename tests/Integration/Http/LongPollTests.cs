using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Zaqar.Application.Waiting;

namespace Zaqar.Integration.Http;

[Collection(HttpCollection.Name)]
public sealed class LongPollTests(ZaqarService service) : IDisposable
{
    private const string Messages = "/v2/queues/q/messages";

    private readonly HttpClient _client = service.Client();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task a_listing_waits_until_a_message_arrives()
    {
        var waiting = _client.Get($"{Messages}?wait=20&echo=true");
        await _client.PostBodies("q", "1");

        var page = await waiting;

        page.Bodies().Should().Equal("1");
        page.Json.GetProperty("links")[0].GetProperty("href").GetString().Should().Contain("wait=20", "the next page is waited for as this one");
    }

    [Fact]
    public async Task a_claim_waits_until_a_message_arrives()
    {
        var waiting = _client.Post("/v2/queues/q/claims?wait=20");
        await _client.PostBodies("q", "1");

        (await waiting).Bodies().Should().Equal("1");
    }

    [Fact]
    public async Task a_claim_waits_until_another_gives_its_messages_back()
    {
        await _client.PostBodies("q", "1");
        var claim = await _client.Claim("q");
        var waiting = _client.Post("/v2/queues/q/claims?wait=20");
        await _client.Delete($"/v2/queues/q/claims/{claim}");

        (await waiting).Bodies().Should().Equal("1");
    }

    [Fact]
    public async Task one_message_goes_to_one_of_many_who_wait()
    {
        var waiting = Enumerable.Range(0, 10).Select(_ => _client.Post("/v2/queues/q/claims?wait=3")).ToArray();
        await _client.PostBodies("q", "1");

        (await Task.WhenAll(waiting)).Select(answer => answer.Status).Order().Should().Equal([201, .. Enumerable.Repeat(204, 9)]);
    }

    [Fact]
    public async Task who_waits_in_vain_gets_the_empty_answer_in_time()
    {
        var started = Stopwatch.GetTimestamp();

        var page = _client.Get($"{Messages}?wait=1");
        var claim = _client.Post("/v2/queues/q/claims?wait=1");

        (await page).Text.Should().Be("""{"messages":[],"links":[]}""");
        (await claim).ShouldBeEmpty(204);
        Stopwatch.GetElapsedTime(started).Should().BeGreaterThan(TimeSpan.FromSeconds(0.9)).And.BeLessThan(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task what_is_there_is_not_waited_for()
    {
        await _client.PostBodies("q", "1");
        var started = Stopwatch.GetTimestamp();

        (await _client.Get($"{Messages}?wait=20&echo=true")).Bodies().Should().Equal("1");
        (await _client.Post("/v2/queues/q/claims?wait=20")).Bodies().Should().Equal("1");

        Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task a_client_that_leaves_ends_its_wait_and_takes_no_message_along()
    {
        var project = Guid.NewGuid().ToString();
        using var client = service.Client(project);
        var signals = service.Services.GetRequiredService<QueueSignals>();
        using (var leaving = new TcpClient())
        {
            await leaving.ConnectAsync(service.Address.Host, service.Address.Port);
            await leaving.GetStream().WriteAsync(Encoding.Latin1.GetBytes(
                $"POST /v2/queues/q/claims?wait=20 HTTP/1.1\r\nHost: x\r\nClient-ID: {Guid.NewGuid()}\r\nX-Project-ID: {project}\r\nContent-Length: 0\r\n\r\n"));
            await Until(() => !signals.IsIdle, "the request waits");
        }

        await Until(() => signals.IsIdle, "nobody waits any more");

        await client.PostBodies("q", "1");
        (await client.Post("/v2/queues/q/claims")).Bodies().Should().Equal("1");
    }

    private static async Task Until(Func<bool> condition, string expected)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!condition() && !patience.IsCancellationRequested)
            await pace.WaitForNextTickAsync();

        condition().Should().BeTrue("it was expected that {0}", expected);
    }
}
