using MediatR;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Flavors;
using Zaqar.Domain;

namespace Zaqar.Api.Flavors;

/// <summary><c>GET /v2/flavors</c>: 200, a page of the project's flavors by name, with their capabilities when detailed.</summary>
internal sealed class ListFlavorsEndpoint(IMediator mediator, Limits limits) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var query = Query.Of(context);
        var marker = query.Text("marker");
        var limit = query.Integer("limit");
        var detailed = query.Boolean("detailed");

        var page = await mediator.Send(new ListFlavors(caller.Project, marker, query.Limit(limits.MaxFlavorsPerPage)));

        await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, page, (json, page) =>
        {
            json.WriteStartObject();
            json.WriteStartArray("flavors");
            foreach (var flavor in page)
                FlavorJson.WriteListed(json, flavor, detailed is true);
            json.WriteEndArray();
            var next = page.Count == 0
                ? null
                : new NextLink(Paths.Flavors).With("limit", limit).With("detailed", detailed).With("marker", page[^1].Name).ToString();
            NextLink.Write(json, next);
            json.WriteEndObject();
        });
    }
}
