namespace Zaqar.Api.WebSockets;

/// <summary>Answers one action: wire shape to command and back, no rules.</summary>
/// <remarks>One instance serves all requests. A refusal is thrown as <see cref="Domain.RejectedException"/> and answered elsewhere.</remarks>
internal interface IAction
{
    Task<Reply> Handle(Request request);
}
