using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Domain.Flavors;
using Zaqar.Domain.Subscriptions;

namespace Zaqar.Api.Errors;

/// <summary>The outermost step of every request: gives it its id, and answers whatever was thrown on the way.</summary>
internal sealed partial class Failures(RequestDelegate next, ILogger<Failures> log)
{
    public const string RequestIdHeader = "x-openstack-request-id";

    public async Task Invoke(HttpContext context)
    {
        var requestId = $"req-{Guid.NewGuid():D}";
        context.TraceIdentifier = requestId;
        context.Response.Headers[RequestIdHeader] = requestId;

        try
        {
            await next(context);
        }
        catch (Exception failure) when (HasLeft(context, failure))
        {
            LogLeft(log, requestId);
        }
        catch (Exception failure)
        {
            await Answer(context, requestId, failure);
        }
    }

    private Task Answer(HttpContext context, string requestId, Exception failure)
    {
        var answer = ErrorAnswer.To(failure);
        if (answer.IsOurs)
            LogFailed(log, requestId, answer.Status, failure);

        if (context.Response.HasStarted)
        {
            // Half an answer is out. A cut connection is the only way left to say that it is no whole one.
            context.Abort();
            return Task.CompletedTask;
        }

        context.Response.Clear();
        context.Response.Headers[RequestIdHeader] = requestId;
        if (failure is RequestRefused { Allow: { } allow })
            context.Response.Headers.Allow = allow;
        if (failure is SubscriptionExists)
            context.Response.Headers.Location = Paths.Subscriptions(Caller.Of(context).Queue);
        if (failure is FlavorWithoutPools { Put: { } flavor })
            context.Response.Headers.Location = Paths.Flavor(flavor);

        return ErrorBody.Write(context, answer);
    }

    // Nobody is there to be answered, and nothing is wrong with the service.
    private static bool HasLeft(HttpContext context, Exception failure) =>
        failure is OperationCanceledException or IOException && failure is not BadHttpRequestException
        && context.RequestAborted.IsCancellationRequested;

    [LoggerMessage(101, LogLevel.Error, "Request {RequestId} failed and was answered {Status}.")]
    private static partial void LogFailed(ILogger log, string requestId, int status, Exception failure);

    [LoggerMessage(102, LogLevel.Debug, "The client of request {RequestId} left before it was answered.")]
    private static partial void LogLeft(ILogger log, string requestId);
}
