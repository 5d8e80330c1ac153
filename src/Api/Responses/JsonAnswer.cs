using System.Text.Encodings.Web;
using System.Text.Json;

namespace Zaqar.Api.Responses;

/// <summary>Sends JSON: UTF-8 without a charset, non-ASCII characters unescaped, with its length.</summary>
internal static class JsonAnswer
{
    public const string ContentType = "application/json";

    public static JsonWriterOptions WriterOptions { get; } =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Sends what a buffer holds and gives the buffer back.</summary>
    public static async Task Send(HttpResponse response, int status, PooledBuffer body)
    {
        using (body)
        {
            Head(response, status, body.Length);
            await response.BodyWriter.WriteAsync(body.Written);
        }
    }

    /// <summary>Sends a document that stands ready.</summary>
    public static Task Send(HttpResponse response, int status, ReadOnlyMemory<byte> body, string contentType = ContentType)
    {
        Head(response, status, body.Length, contentType);
        return response.BodyWriter.WriteAsync(body).AsTask();
    }

    /// <summary>Sends what a writer writes.</summary>
    public static Task Send<TView>(HttpResponse response, int status, TView view, Action<Utf8JsonWriter, TView> write)
    {
        var body = new PooledBuffer(1024);
        using (var json = new Utf8JsonWriter(body, WriterOptions))
            write(json, view);

        return Send(response, status, body);
    }

    private static void Head(HttpResponse response, int status, int length, string contentType = ContentType)
    {
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = length;
    }
}
