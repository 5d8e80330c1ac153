using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;

namespace Zaqar.Api.Documents;

/// <summary><c>GET /</c>: 300, the versions of the API, of which there is one.</summary>
internal sealed class VersionsEndpoint : IEndpoint
{
    // The date is not padded in the original either.
    private static readonly ReadOnlyMemory<byte> _document =
        """
        {"versions": [{"id": "2", "status": "CURRENT", "updated": "2014-9-24T04:06:47Z", "media-types": [{"base": "application/json", "type": "application/vnd.openstack.messaging-v2+json"}], "links": [{"href": "/v2/", "rel": "self"}]}]}
        """u8.ToArray();

    public Task Handle(HttpContext context, Caller caller) =>
        JsonAnswer.Send(context.Response, StatusCodes.Status300MultipleChoices, _document);
}
