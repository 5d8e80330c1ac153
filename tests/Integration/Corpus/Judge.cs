using System.Text.Json;

namespace Zaqar.Integration.Corpus;

/// <summary>Says whether an answer is one that the API's documentation lets a client expect: docs/api/errors.md and the OpenAPI document.</summary>
internal static class Judge
{
    private static readonly int[] _bare = [400, 405, 411, 414, 431, 505];

    /// <returns>What is wrong with the answer; null when nothing is.</returns>
    public static string? Complaint(Case asked, DocumentedOperation operation, WireAnswer answer)
    {
        if (answer.Status == 0)
            return asked.MayBeCut ? null : "the connection ended without an answer";
        if (answer.HasMore && !asked.MayBeBare)
            return $"{answer.Status} was not all that came";
        if (answer.IsBare)
            return asked.MayBeBare && _bare.Contains(answer.Status) && answer.Body.Length == 0 ? null : $"a bare {answer.Status}: {answer.Body}";

        return answer.Status switch
        {
            >= 500 => $"{answer.Status}: {answer.Body}",
            >= 400 => Refusal(asked, operation, answer),
            _ when asked.MustBeRefused => $"{answer.Status}, and no refusal",
            _ => Success(operation, answer),
        };
    }

    public static string? Success(DocumentedOperation operation, WireAnswer answer)
    {
        if (answer.Status >= 400 || !operation.Answers.TryGetValue(answer.Status, out var type))
            return $"{answer.Status}, which the OpenAPI document does not have: {answer.Body}";
        if (operation.Method == "HEAD" || type is null)
            return answer.Body.Length == 0 ? null : $"{answer.Status} with a body";
        if (answer.Header("Content-Type") != type)
            return $"{answer.Status} as {answer.Header("Content-Type")}";

        return Parsed(answer.Body) is null ? $"{answer.Status} with what is no JSON: {answer.Body}" : null;
    }

    private static string? Refusal(Case asked, DocumentedOperation operation, WireAnswer answer)
    {
        if (answer.Header("Vary") != "Accept")
            return $"{answer.Status} without Vary";
        if (answer.Body.Length == 0 && (operation.Method == "HEAD" || asked.MayTakeNoJson))
            return null;
        if (answer.Status == 406)
            return asked.MayTakeNoJson ? "406 with a body" : "406, although the client takes JSON";
        if (answer.Header("Content-Type") != "application/json" || Parsed(answer.Body) is not { ValueKind: JsonValueKind.Object } body)
            return $"{answer.Status} with what is no JSON: {answer.Body}";

        var hasShape = body.TryGetProperty("title", out var title) && title.ValueKind == JsonValueKind.String && title.GetString()!.Length > 0
            && body.EnumerateObject().All(member => member.Name is "title" or "description" && member.Value.ValueKind == JsonValueKind.String);
        if (!hasShape)
            return $"{answer.Status} in a shape of its own: {answer.Body}";

        return operation.Answers.ContainsKey(answer.Status) || (answer.Status, title.GetString()) is (404, "404 Not Found") or (405, "405 Method Not Allowed")
            ? null : $"{answer.Status}, which the OpenAPI document does not have: {answer.Body}";
    }

    private static JsonElement? Parsed(string latin1)
    {
        try
        {
            using var document = JsonDocument.Parse(System.Text.Encoding.Latin1.GetBytes(latin1), new JsonDocumentOptions { MaxDepth = 2000 });
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
