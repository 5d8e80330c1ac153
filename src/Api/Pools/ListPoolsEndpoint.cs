using MediatR;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Pools;
using Zaqar.Domain;

namespace Zaqar.Api.Pools;

/// <summary><c>GET /v2/pools</c>: 200, a page of all pools by name, with their options when detailed.</summary>
internal sealed class ListPoolsEndpoint(IMediator mediator, Limits limits) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var query = Query.Of(context);
        var marker = query.Text("marker");
        var limit = query.Integer("limit");
        var detailed = query.Boolean("detailed");

        var page = await mediator.Send(new ListPools(marker, query.Limit(limits.MaxPoolsPerPage)));

        context.Response.Headers.ContentLocation = Paths.Asked(Paths.Pools, context.Request.QueryString.Value);
        await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, page, (json, page) =>
        {
            json.WriteStartObject();
            json.WriteStartArray("pools");
            foreach (var pool in page)
                PoolJson.Write(json, pool, detailed is true);
            json.WriteEndArray();
            var next = page.Count == 0
                ? null
                : new NextLink(Paths.Pools).With("limit", limit).With("detailed", detailed).With("marker", page[^1].Name).ToString();
            NextLink.Write(json, next);
            json.WriteEndObject();
        });
    }
}
