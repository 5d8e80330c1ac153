using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Zaqar.Integration.Delivery.Sinks;

/// <summary>A subscriber: a real web server that records what it is sent and answers by a script, path by path; 200 where none is set.</summary>
internal sealed class WebhookSink : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Script> _scripts = [];
    private readonly ConcurrentQueue<SinkRequest> _requests = [];
    private LoopbackApp? _app;
    private int _cut;

    /// <summary>Where it is, ending in a slash.</summary>
    public Uri Http => _app!.Addresses[0];

    /// <summary>The same with <see cref="TestCertificate"/>, which nobody trusts.</summary>
    public Uri Https => _app!.Addresses[1];

    /// <summary>Sends a header every 20 ms and never comes to an end of them, whatever the path.</summary>
    public Uri Dripping => _app!.Addresses[2];

    /// <summary>Answers 200, promises ten bytes, sends one and closes the connection, whatever the path.</summary>
    public Uri BreakingOff => _app!.Addresses[3];

    /// <summary>Everything that came whole, in the order it came.</summary>
    public IReadOnlyList<SinkRequest> Requests => [.. _requests];

    /// <summary>Requests that the sender gave up before they were answered in full.</summary>
    public int Cut => Volatile.Read(ref _cut);

    public static async Task<WebhookSink> Start()
    {
        var sink = new WebhookSink();
        sink._app = await LoopbackApp.Start(sink.Take, _ => { },
            listen => listen.UseHttps(TestCertificate.Value), listen => listen.Run(Drip), listen => listen.Run(BreakOff));
        return sink;
    }

    /// <summary>Sets the answers of a path in their order, the last one for all that follow.</summary>
    /// <returns>The path's address.</returns>
    public string Answers(string path, params RequestDelegate[] answers)
    {
        _scripts[path] = new(answers);
        return At(path);
    }

    public string At(string path) => new Uri(Http, path).AbsoluteUri;

    /// <summary>What came for one path.</summary>
    public IReadOnlyList<SinkRequest> RequestsTo(string path) => [.. _requests.Where(request => request.Path == path)];

    public ValueTask DisposeAsync() => _app!.DisposeAsync();

    private async Task Take(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        _requests.Enqueue(new(
            context.Request.Method, context.Request.Path, context.Request.GetEncodedPathAndQuery(),
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.ToArray(), TimeProvider.System.GetTimestamp()));

        if (!_scripts.TryGetValue(context.Request.Path, out var script))
            return;

        try
        {
            await script.Next()(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            Interlocked.Increment(ref _cut);
        }
    }

    private static async Task Drip(ConnectionContext connection)
    {
        var output = connection.Transport.Output;
        using var pulse = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        output.Write("HTTP/1.1 200 OK\r\n"u8);
        try
        {
            for (var i = 0; !(await output.FlushAsync(connection.ConnectionClosed)).IsCompleted; i++)
            {
                await pulse.WaitForNextTickAsync(connection.ConnectionClosed);
                output.Write(Encoding.ASCII.GetBytes($"X-{i}: x\r\n"));
            }
        }
        catch (OperationCanceledException)
        {
            // The sender has gone.
        }
    }

    private static async Task BreakOff(ConnectionContext connection)
    {
        // To its end, for closing a connection with something unread resets it: a document ends in a brace.
        var (input, isWhole) = (connection.Transport.Input, false);
        while (!isWhole)
        {
            var read = await input.ReadAsync(connection.ConnectionClosed);
            isWhole = read.IsCompleted || read.Buffer.ToArray().AsSpan().EndsWith("}"u8);
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }

        await connection.Transport.Output.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx"u8.ToArray());
    }

    private sealed class Script(RequestDelegate[] answers)
    {
        private int _next = -1;

        public RequestDelegate Next() => answers[Math.Min(Interlocked.Increment(ref _next), answers.Length - 1)];
    }
}

/// <param name="Path">Decoded, without the query.</param>
/// <param name="Target">Path and query as sent.</param>
/// <param name="Headers">By name in any case; several of one name are joined by commas.</param>
/// <param name="Timestamp">Of the stopwatch.</param>
internal sealed record SinkRequest(string Method, string Path, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body, long Timestamp)
{
    public string Text => Encoding.UTF8.GetString(Body);
}
