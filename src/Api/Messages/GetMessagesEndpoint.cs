using MediatR;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Messages;
using Zaqar.Domain;
using Zaqar.Domain.Messages;

namespace Zaqar.Api.Messages;

/// <summary><c>GET /v2/queues/Q/messages</c>: 200, a page of the queue, oldest first; with <c>ids</c>, just those messages.</summary>
/// <remarks><c>wait=SECONDS</c>, our addition, holds an empty page back until something arrives.</remarks>
internal sealed class GetMessagesEndpoint(IMediator mediator, Limits limits) : IEndpoint
{
    public Task Handle(HttpContext context, Caller caller)
    {
        var query = Query.Of(context);
        var ids = query.List("ids");
        return ids.Count > 0 ? ByIds(context, caller, ids) : Page(context, caller, query);
    }

    private async Task ByIds(HttpContext context, Caller caller, IReadOnlyList<string> given)
    {
        var ids = MessageIds.Read(given, limits.MaxMessagesPerPage);
        var messages = await mediator.Send(new GetMessages(caller.Queue, ids));
        if (messages.Count == 0)
            throw new MessageNotFound(string.Join(',', given));

        await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, MessagesJson.Listed(caller.Queue, messages));
    }

    private async Task Page(HttpContext context, Caller caller, Query query)
    {
        var marker = query.Text("marker");
        var limit = query.Integer("limit");
        var echo = query.Boolean("echo");
        var includeClaimed = query.Boolean("include_claimed");
        var includeDelayed = query.Boolean("include_delayed");
        var wait = query.Wait(limits.MaxWait);
        var size = query.Limit(limits.MaxMessagesPerPage);

        var page = await Read(caller, marker, size, echo is true, includeClaimed is true, includeDelayed is true, wait,
            wait > TimeSpan.Zero ? context.RequestAborted : default);

        var next = page.Messages.Count == 0 ? null : new NextLink(Paths.Messages(caller.Queue))
            .With("limit", limit).With("echo", echo).With("include_claimed", includeClaimed)
            .With("include_delayed", page.QueueDelays ? includeDelayed : true)
            .With("wait", wait > TimeSpan.Zero ? (long)wait.TotalSeconds : null)
            .With("marker", page.Messages[^1].Id.ToString())
            .ToString();

        await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, MessagesJson.Page(caller.Queue, page.Messages, next));
    }

    private Task<MessagePage> Read(
        Caller caller, string? marker, int size, bool echo, bool includeClaimed, bool includeDelayed, TimeSpan wait, CancellationToken ct)
    {
        // A marker that is no id of ours stands behind everything.
        MessageId? after = null;
        if (marker is not null)
        {
            if (!MessageId.TryParse(marker, out var id))
                return Task.FromResult(new MessagePage([], QueueDelays: false));
            after = id;
        }

        return mediator.Send(new ListMessages(
            caller.Queue, after, size, echo ? null : caller.Actor.ClientId, includeClaimed, includeDelayed, wait), ct);
    }
}
