using Zaqar.Api.Requests;

namespace Zaqar.Api.Routing;

/// <summary>Answers one method of one path: wire shape to command and back, no rules.</summary>
/// <remarks>One instance serves all requests. A refusal is thrown as <see cref="Domain.RejectedException"/> and answered elsewhere.</remarks>
internal interface IEndpoint
{
    Task Handle(HttpContext context, Caller caller);
}
