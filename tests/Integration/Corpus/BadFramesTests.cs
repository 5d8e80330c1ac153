using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using FluentAssertions;
using Xunit;
using Xunit.Abstractions;
using Zaqar.Api.WebSockets;

namespace Zaqar.Integration.Corpus;

/// <summary>
/// Every action of the WebSocket transport, asked badly, and frames that are no requests: each is answered with a 2xx or 4xx, or closes the connection
/// with the code that it should, and a right request is answered after it. To see a case again: <c>ZAQAR_CORPUS_SEED</c> and <c>ZAQAR_CORPUS_CASE</c>.
/// </summary>
public sealed class BadFramesTests(CorpusService service, ITestOutputHelper output) : IClassFixture<CorpusService>
{
    private const int Batch = 40;
    private const int Least = 1000;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(15);

    private readonly CorpusSeed _seed = CorpusSeed.OfThisRun;
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly ConcurrentQueue<int> _statuses = new();

    [Fact]
    public async Task each_has_a_reply_or_closes_as_it_should_and_a_good_one_works_after_it()
    {
        output.WriteLine($"{_seed}");
        var began = Stopwatch.GetTimestamp();
        var list = ActionTable.All.Single(action => action.Name == "queue_list");
        var groups = ActionTable.All.Select(action => (Good: action, Cases: FrameCases.OfAction(action, _seed))).Append((Good: list, Cases: FrameCases.OfNoAction(_seed)));

        await Parallel.ForEachAsync(groups, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (group, _) => await Ask(group.Good, group.Cases));

        output.WriteLine($"{_statuses.Count} frames in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
        foreach (var same in _statuses.GroupBy(status => status).OrderBy(same => same.Key))
            output.WriteLine($"{same.Key}: {same.Count()}");
        foreach (var complaint in _complaints)
            output.WriteLine(complaint);
        _complaints.Should().BeEmpty("run it again with {0}", _seed);
        service.Errors.Should().BeEmpty("run it again with {0}", _seed);
        if (_seed.Only is null)
            _statuses.Count.Should().BeGreaterThanOrEqualTo(Least);
    }

    private async Task Ask(ApiAction action, IEnumerable<FrameCase> cases)
    {
        var project = $"corpus-{Guid.NewGuid():N}";
        var socket = await Connect();
        foreach (var batch in cases.Where(one => _seed.Runs(one.Name)).Chunk(Batch))
        {
            var scene = await FrameScene.Make(service, project);
            foreach (var one in batch)
            {
                _statuses.Enqueue(await Ask(socket, one, scene));
                if (socket.State != WebSocketState.Open)
                {
                    socket.Dispose();
                    socket = await Connect();
                }
            }

            var good = (await FrameScene.Make(service, project)).Request(action);
            var reply = await Ask(socket, new(batch[^1].Name, WebSocketMessageType.Text, _ => System.Text.Encoding.UTF8.GetBytes(good)), scene);
            if (reply is < 200 or >= 300)
                Complain(batch[^1].Name, $"a good request after it and those before it: {reply}");
        }

        socket.Dispose();
    }

    /// <returns>The status of the reply, or the code of the close.</returns>
    private async Task<int> Ask(ClientWebSocket socket, FrameCase one, FrameScene scene)
    {
        using var patience = new CancellationTokenSource(_patience);
        try
        {
            await socket.SendAsync(one.Bytes(scene), one.Kind, endOfMessage: true, patience.Token);
            for (var (kind, bytes) = await Receive(socket, patience.Token); ; (kind, bytes) = await Receive(socket, patience.Token))
            {
                if (kind == WebSocketMessageType.Close)
                {
                    if (socket.CloseStatus != one.Closes)
                        Complain(one.Name, $"closed with {socket.CloseStatus} {socket.CloseStatusDescription}");
                    return (int)socket.CloseStatus!;
                }

                using var reply = JsonDocument.Parse(kind == WebSocketMessageType.Text ? bytes : MessagePackJson.ToJson(bytes, 2000), new JsonDocumentOptions { MaxDepth = 2000 });

                // What the connection is told in between answers nothing.
                if (!reply.RootElement.TryGetProperty("request", out var request))
                    continue;

                var status = reply.RootElement.GetProperty("headers").GetProperty("status").GetInt32();
                if (Complaint(one, kind, request, reply.RootElement.GetProperty("body"), status) is { } complaint)
                    Complain(one.Name, $"{complaint}: {reply.RootElement}");
                return status;
            }
        }
        catch (WebSocketException) when (one.Closes == WebSocketCloseStatus.InvalidPayloadData)
        {
            // The code is sent as the connection is given up, and now and then is lost with it.
            return 0;
        }
        catch (Exception failure) when (failure is OperationCanceledException or WebSocketException)
        {
            Complain(one.Name, $"neither reply nor goodbye: {failure.Message}");
            socket.Abort();
            return 0;
        }
    }

    private static string? Complaint(FrameCase one, WebSocketMessageType kind, JsonElement request, JsonElement body, int status)
    {
        if (kind != one.Kind)
            return $"a reply of the kind {kind}";
        if (one.Closes is not null)
            return "answered, and not closed";
        if (status is >= 200 and < 300)
            return one.MustBeRefused ? $"{status}, and no refusal" : null;

        // Statistics of a queue that is not there are zeros; that a connection is subscribed already is said in a sentence.
        var isTold = (status == 409 && body.ValueKind == JsonValueKind.String) || (body.ValueKind == JsonValueKind.Object
            && (body.TryGetProperty("error", out var error) ? error.ValueKind == JsonValueKind.String : request.GetProperty("action").ValueEquals("queue_get_stats")));
        return status is >= 400 and < 500 && isTold ? null : $"{status}";
    }

    private static async Task<(WebSocketMessageType Kind, byte[] Bytes)> Receive(ClientWebSocket socket, CancellationToken ct)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(), ct);
            bytes.Write(buffer, 0, read.Count);
            if (read.EndOfMessage)
                return (read.MessageType, bytes.ToArray());
        }
    }

    private async Task<ClientWebSocket> Connect()
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(service.WebSocketAddress, CancellationToken.None).WaitAsync(_patience);
        return socket;
    }

    private void Complain(string name, string complaint) =>
        _complaints.Enqueue($"ZAQAR_CORPUS_CASE='{name}': {(complaint.Length > 500 ? complaint[..500] : complaint)}");
}
