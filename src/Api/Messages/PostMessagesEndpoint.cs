using MediatR;
using Zaqar.Api.Json;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Api.Settings;
using Zaqar.Application.Messages;
using Zaqar.Domain;
using Zaqar.Domain.Messages;

namespace Zaqar.Api.Messages;

/// <summary><c>POST /v2/queues/Q/messages</c>: 201 with one path per message, in the order given.</summary>
internal sealed class PostMessagesEndpoint(IMediator mediator, Limits limits, ServiceSettings settings) : IEndpoint
{
    // A post may hold thousands of messages. Clients refuse a header of 64 KiB, and nobody can get so many ids at once anyway.
    private const int MostIdsInLocation = 800;

    public async Task Handle(HttpContext context, Caller caller)
    {
        var body = await RequestBody.Read(context, limits.MaxMessagesPostSize, ErrorKind.InvalidRequest);
        var drafts = MessagesBody.Read(body, limits.MaxJsonDepth, settings.EnableChecksum);
        var ids = await mediator.Send(new PostMessages(caller.Queue, caller.Actor, drafts, body.Length));

        var path = Paths.Messages(caller.Queue);
        context.Response.Headers.Location = LocationOf(path, ids);
        await JsonAnswer.Send(context.Response, StatusCodes.Status201Created, Resources(path, ids));
    }

    private static string LocationOf(string path, IReadOnlyList<MessageId> ids) => ids.Count switch
    {
        1 => $"{path}?ids={ids[0].Value:D}",
        <= MostIdsInLocation => $"{path}?ids={string.Join(',', ids)}",
        _ => path,
    };

    private static PooledBuffer Resources(string path, IReadOnlyList<MessageId> ids)
    {
        var json = new PooledBuffer(16 + (ids.Count * (path.Length + 40)));
        json.Write("{\"resources\":["u8);
        for (var i = 0; i < ids.Count; i++)
        {
            json.Write(i == 0 ? "\""u8 : ",\""u8);
            json.Write(path);
            json.Write("/"u8);
            json.Write(ids[i].Value);
            json.Write("\""u8);
        }

        json.Write("]}"u8);
        return json;
    }
}
