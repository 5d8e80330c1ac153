using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Zaqar.Integration.Delivery.Sinks;

/// <summary>Things that a subscriber does with a request.</summary>
internal static class SinkAnswer
{
    public static RequestDelegate Status(int status, params (string Name, string Value)[] headers) => async context =>
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
            context.Response.Headers[name] = value;
        await context.Response.CompleteAsync();
    };

    public static RequestDelegate Redirect(int status, string location) => Status(status, ("Location", location));

    /// <summary>Says nothing until the sender has gone.</summary>
    public static RequestDelegate Hang { get; } = context => Task.Delay(Timeout.Infinite, context.RequestAborted);

    /// <summary>Breaks the connection without an answer.</summary>
    public static RequestDelegate Reset { get; } = context =>
    {
        context.Abort();
        return Task.CompletedTask;
    };

    /// <summary>Answers 200 at once, and then a byte every 20 ms for ever.</summary>
    public static RequestDelegate DrippingBody { get; } = async context =>
    {
        using var pulse = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        do
        {
            await context.Response.WriteAsync("x", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
        while (await pulse.WaitForNextTickAsync(context.RequestAborted));
    };

    /// <summary>Answers with a status at once, and then as fast as it is read for ever.</summary>
    public static RequestDelegate EndlessBody(int status) => async context =>
    {
        context.Response.StatusCode = status;
        var chunk = new byte[16 * 1024];
        while (true)
            await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
    };

    /// <summary>Answers 200 with a body of so many bytes.</summary>
    public static RequestDelegate Body(int length) => async context =>
    {
        context.Response.Headers.ContentLength = length;
        context.Response.Headers["X-Connection"] = context.Connection.RemotePort.ToString(CultureInfo.InvariantCulture);
        await context.Response.Body.WriteAsync(new byte[length], context.RequestAborted);
    };
}
