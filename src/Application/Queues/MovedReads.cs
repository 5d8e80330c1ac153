using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Zaqar.Application.Claims;
using Zaqar.Application.Deliveries;
using Zaqar.Application.Messages;
using Zaqar.Application.Subscriptions;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Queues;

/// <summary>
/// Refuses reads of a queue that lives in another database, which would look as if there were none. Changes are refused where they are
/// decided. Only for a database that is one of several: it costs a look at the queue's row, where the answer might be that of no queue.
/// </summary>
/// <remarks>
/// Looked at after the answer was read: a queue that had not left then had not left when it was read. One that has arrived may have been on its way
/// when it was read, and is read once more, unless it is a list that is asked for again anyway.
/// </remarks>
internal sealed class MovedReads<TRequest, TResponse>(ReadDatabase database) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : notnull
{
    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        var answer = await next();
        if (!IsNothing(request, answer) || !await IsHere(((IQueueRequest)request).Queue, cancellationToken)
            || request is not (GetMessages or GetQueueStats or GetQueue or GetClaim))
            return answer;

        answer = await next();
        if (IsNothing(request, answer))
            await IsHere(((IQueueRequest)request).Queue, cancellationToken);
        return answer;
    }

    // Messages are gone from sight all at once, with their queue; subscriptions and deliveries by and by.
    private static bool IsNothing(TRequest request, TResponse answer) => request switch
    {
        ListMessages => answer is MessagePage { Messages.Count: 0 },
        GetMessages => answer is IReadOnlyList<MessageView> { Count: 0 },
        GetQueueStats => answer is QueueStats { Exists: false },
        GetQueue or GetClaim => answer is null,
        PurgeQueue => answer is false,
        ListSubscriptions or GetSubscription or ListDeliveries => true,
        _ => false,
    };

    private async Task<bool> IsHere(QueueId queue, CancellationToken ct)
    {
        var command = database.CreateCommand(
            """
            select case when held in ('gone', 'arriving') then held when deleted then 'deleted' else 'here' end
            from queue where project = $1 and name = $2
            """);
        command.Parameters.Add(new() { Value = queue.Project });
        command.Parameters.Add(new() { Value = queue.Name });
        return await database.Scalar(command, ct) switch
        {
            "gone" => throw new QueueMoved(queue),
            "arriving" => throw new QueueMoving(queue),
            var found => found is "here",
        };
    }
}

/// <summary>Registers <see cref="MovedReads{TRequest, TResponse}"/>.</summary>
public static class MovedReadsServices
{
    /// <summary>Has reads of queues that have left refused with <see cref="QueueMoved"/>.</summary>
    public static IServiceCollection AddMovedReads(this IServiceCollection services) =>
        services.AddSingleton(typeof(IPipelineBehavior<,>), typeof(MovedReads<,>));
}
