using System.Text;
using MediatR;
using Microsoft.Net.Http.Headers;
using Zaqar.Api.Errors;
using Zaqar.Api.Requests;
using Zaqar.Application.Subscriptions;
using Zaqar.Domain;

namespace Zaqar.Api.Confirmation;

/// <summary>
/// <c>/confirm</c>, the page behind the link of a confirmation mail, for people who have a browser and no account. GET shows what was
/// subscribed and two buttons, and changes nothing, so that a mail scanner that follows links confirms nothing; POST carries out the
/// button that was pressed.
/// </summary>
/// <remarks>
/// The link's signature is all that admits, for both. Whatever is wrong with it, with the form or with the subscription, the answer is one
/// and the same 404. Source: API contract, section 8.4.
/// </remarks>
internal sealed class ConfirmationEndpoints(IMediator mediator, SignedUrls signedUrls)
{
    public const string Path = "/confirm";

    private const int MaxFormBytes = 16 * 1024;

    public Task Show(HttpContext context) =>
        Admitted(context.Request.QueryString.Value) is { } link
            ? ConfirmationPage.Send(context.Response, StatusCodes.Status200OK, ConfirmationPage.Question(link))
            : Refuse(context.Response);

    public async Task CarryOut(HttpContext context)
    {
        if (await Form(context) is not { Confirmed: { } confirmed } form || !await Confirm(context, form, confirmed))
            await Refuse(context.Response);
        else
            await ConfirmationPage.Send(context.Response, StatusCodes.Status200OK, ConfirmationPage.Done(form.Queue, confirmed));
    }

    private static Task Refuse(HttpResponse response) =>
        ConfirmationPage.Send(response, StatusCodes.Status404NotFound, ConfirmationPage.NotValid);

    private ConfirmationRequest? Admitted(string? encoded) =>
        ConfirmationRequest.Read(encoded) is { } asked && signedUrls.Admit(asked.Shown, ConfirmationRequest.Method, asked.Shown.Paths)
            ? asked : null;

    private async Task<ConfirmationRequest?> Form(HttpContext context)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || type.MediaType != "application/x-www-form-urlencoded")
            return null;

        try
        {
            return Admitted(Encoding.UTF8.GetString((await RequestBody.Read(context, MaxFormBytes, ErrorKind.InvalidRequest)).Span));
        }
        catch (BodyTooLarge)
        {
            return null;
        }
    }

    private async Task<bool> Confirm(HttpContext context, ConfirmationRequest form, bool confirmed)
    {
        try
        {
            await mediator.Send(new ConfirmSubscription(
                form.Queue, form.Subscription, confirmed, new Actor("", null, context.TraceIdentifier, "http")));
            return true;
        }
        catch (RejectedException gone) when (gone.Kind == ErrorKind.NotFound)
        {
            // A person reads the answer, so it is a page and not the API's error document.
            return false;
        }
    }
}

internal static class ConfirmationRoutes
{
    /// <summary>Maps the page; it is no part of the API and not in its document.</summary>
    public static void MapConfirmationPage(this IEndpointRouteBuilder endpoints)
    {
        var page = ActivatorUtilities.CreateInstance<ConfirmationEndpoints>(endpoints.ServiceProvider);
        endpoints.MapMethods(ConfirmationEndpoints.Path, [HttpMethods.Get, HttpMethods.Head], (RequestDelegate)page.Show).ExcludeFromDescription();
        endpoints.MapPost(ConfirmationEndpoints.Path, (RequestDelegate)page.CarryOut).ExcludeFromDescription();
    }
}
