using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Api.Settings;

namespace Zaqar.Api.Documents;

/// <summary><c>GET /v2/</c>: the home document, which may be kept for a day.</summary>
internal sealed class HomeEndpoint(ServiceSettings settings) : IEndpoint
{
    private readonly byte[] _document = HomeDocument.Write(settings.AdminMode);

    public Task Handle(HttpContext context, Caller caller)
    {
        context.Response.Headers.CacheControl = "max-age=86400";
        return JsonAnswer.Send(context.Response, StatusCodes.Status200OK, _document, "application/json-home");
    }
}
