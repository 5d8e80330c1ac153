using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Zaqar.Domain.Queues;

namespace Zaqar.Api.Confirmation;

/// <summary>The pages behind the link of a confirmation mail: plain HTML that fetches nothing and runs nothing.</summary>
internal static class ConfirmationPage
{
    private const string Style =
        """
        :root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; }
        body { max-width: 36rem; margin: 12vh auto; padding: 0 1.5rem; }
        h1 { font-size: 1.5rem; }
        strong { overflow-wrap: anywhere; }
        button { font: inherit; padding: .5rem 1.25rem; margin: 1rem .75rem 0 0; cursor: pointer; }
        """;

    // The style is let through by its hash; everything else that a page could load, run or be framed by is not let through at all.
    private static readonly string _policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; "
        + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    /// <summary>The link cannot be used, for whatever reason.</summary>
    public static string NotValid { get; } = Page("This link is not valid",
        "<p>It is not a link of ours, or no longer: its time is over, or the subscription has ended.</p>");

    /// <summary>Asks what is to be done; each answer is a POST of the signed parameters.</summary>
    public static string Question(ConfirmationRequest link) => Page("Confirm a subscription",
        $"""
        <p>You were subscribed to the messages of {Named(link.Queue)}.</p>
        <p>Confirm to receive them. If you do not want them, unsubscribe, or leave this page: nothing has been confirmed yet by opening it.</p>
        <form method="post" action="confirm">
        {Hidden("Signature", link.Shown.Signature)}
        {Hidden("Methods", link.Shown.Methods)}
        {Hidden("Paths", link.Shown.Paths)}
        {Hidden("Project", link.Shown.Project)}
        {Hidden("Expires", link.Shown.Expires)}
        <button name="Confirmed" value="true">Confirm</button>
        <button name="Confirmed" value="false">Unsubscribe</button>
        </form>
        """);

    /// <summary>Says what was done.</summary>
    public static string Done(QueueId queue, bool confirmed) => confirmed
        ? Page("Subscription confirmed", $"<p>From now on you receive the messages of {Named(queue)}.</p>")
        : Page("Unsubscribed", $"<p>You no longer receive the messages of {Named(queue)}.</p>");

    public static Task Send(HttpResponse response, int status, string page)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = _policy;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["X-Robots-Tag"] = "noindex, nofollow";

        var body = Encoding.UTF8.GetBytes(page);
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = body.Length;
        return response.BodyWriter.WriteAsync(body).AsTask();
    }

    private static string Named(QueueId queue) =>
        $"{queue.Noun} <strong>{Encode(queue.ShownName)}</strong> of project <strong>{Encode(queue.Project)}</strong>";

    private static string Hidden(string name, string value) => $"""<input type="hidden" name="{name}" value="{Encode(value)}">""";

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    private static string Page(string title, string content) =>
        $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{title}</title>
        <style>{Style}</style>
        </head>
        <body>
        <h1>{title}</h1>
        {content}
        </body>
        </html>

        """;
}
