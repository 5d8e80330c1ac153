using System.Text;
using MediatR;
using Zaqar.Api.Errors;
using Zaqar.Api.Json;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Queues;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Api.Queues;

/// <summary><c>PATCH /v2/queues/Q</c>: 200, the metadata and defaults after all operations of the patch.</summary>
internal sealed class PatchQueueEndpoint(IMediator mediator, Limits limits) : IEndpoint
{
    /// <summary>Without parameters: with a charset it is refused, as in the original.</summary>
    public const string ContentType = "application/openstack-messaging-v2.0-json-patch";

    public async Task Handle(HttpContext context, Caller caller)
    {
        if (context.Request.ContentType != ContentType)
            throw RequestRefused.UnsupportedMediaType(ContentType);

        var body = await RequestBody.Read(context, limits.MaxQueueMetadata, ErrorKind.InvalidBody);
        StrictJson.Validate(body.Span, limits.MaxJsonDepth);

        var patched = await mediator.Send(new PatchQueue(caller.Queue, caller.Actor, MetadataPatch.Parse(body)));
        await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, Encoding.UTF8.GetBytes(patched.WithDefaults(caller.Queue.IsTopic, limits)));
    }
}
