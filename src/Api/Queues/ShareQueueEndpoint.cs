using System.Text.Json;
using Zaqar.Api.Json;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Domain;

namespace Zaqar.Api.Queues;

/// <summary><c>POST /v2/queues/Q/share</c>: 200 with a pre-signed URL for some of the queue's collections. Nothing is stored.</summary>
internal sealed class ShareQueueEndpoint(SignedUrls signedUrls, Limits limits) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var body = await RequestBody.Read(context, ShareBody.MaxBytes, ErrorKind.InvalidRequest);
        var share = ShareBody.Read(body, limits.MaxJsonDepth);
        var now = signedUrls.Now;
        var expires = share.Expires ?? now.AddDays(1);
        if (expires <= now)
            throw new BodyInvalid("expires lies in the future.", ErrorKind.InvalidRequest);

        var queue = Paths.Queue(caller.Queue);
        var shared = signedUrls.Share(caller.Project, share.Methods, share.Collections.Select(collection => $"{queue}/{collection}"), expires);
        await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, shared, Write);
    }

    private static void Write(Utf8JsonWriter json, SharedUrl shared)
    {
        json.WriteStartObject();
        WriteTexts(json, "paths", shared.Paths);
        WriteTexts(json, "methods", shared.Methods);
        json.WriteString("project", shared.Project);
        json.WriteString("expires", shared.Expires);
        json.WriteString("signature", shared.Signature);
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
