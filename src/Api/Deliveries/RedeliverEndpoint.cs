using MediatR;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Deliveries;

namespace Zaqar.Api.Deliveries;

/// <summary><c>POST /v2/queues/Q/subscriptions/S/deliveries/D/redeliver</c>: 202, the delivery is tried again at once; else 404.</summary>
internal sealed class RedeliverEndpoint(IMediator mediator) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var (subscription, delivery) = (DeliveryIds.Read(caller.Item), DeliveryIds.Read(caller.Part));
        if (!await mediator.Send(new Redeliver(caller.Queue, subscription, delivery)))
            throw new DeliveryNotFound(caller.Part);

        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.Headers.Location = Paths.Deliveries(caller.Queue, subscription);
    }
}
