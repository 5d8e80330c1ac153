using System.Globalization;
using System.Text.Json;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;

namespace Zaqar.Api.Errors;

/// <summary>Writes the error document, <c>{"title": ..., "description": ...}</c>, to a client that takes JSON, and nothing to others.</summary>
internal static class ErrorBody
{
    public static Task Write(HttpContext context, ErrorAnswer answer)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        response.Headers.Vary = "Accept";
        if (answer.RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

        if (!AcceptHeader.AdmitsJson(context.Request.Headers.Accept))
            return Task.CompletedTask;

        var body = new PooledBuffer(256);
        using (var json = new Utf8JsonWriter(body, JsonAnswer.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("title", answer.Title);
            if (answer.Description is not null)
                json.WriteString("description", answer.Description);
            json.WriteEndObject();
        }

        return JsonAnswer.Send(response, answer.Status, body);
    }
}
