using System.Text.Json;
using Zaqar.Api.Responses;

namespace Zaqar.Api.WebSockets;

/// <summary>What an action answers, without the envelope.</summary>
/// <param name="Status">As of HTTP.</param>
/// <param name="Body">JSON; null for an empty object. Given back by who sends it.</param>
internal readonly record struct Reply(int Status, PooledBuffer? Body)
{
    /// <summary>What is to be done once the reply stands in line to be sent; null for nothing.</summary>
    public Action? Then { get; init; }

    public static Reply Nothing(int status) => new(status, null);

    public static Reply Of(int status, PooledBuffer body) => new(status, body);

    /// <summary>A text for people, as the original says it.</summary>
    public static Reply Sentence(int status, string sentence) => Of(status, sentence, (json, text) => json.WriteStringValue(text));

    public static Reply Of<TView>(int status, TView view, Action<Utf8JsonWriter, TView> write)
    {
        var body = new PooledBuffer(512);
        using (var json = new Utf8JsonWriter(body, JsonAnswer.WriterOptions))
            write(json, view);

        return new(status, body);
    }

    /// <summary>How rules refuse.</summary>
    /// <param name="exception">What is wrong in particular.</param>
    /// <param name="error">What sort of thing that is.</param>
    public static Reply Failure(int status, string exception, string? error) => Of(status, (exception, error), (json, view) =>
    {
        json.WriteStartObject();
        json.WriteString("exception", view.exception);
        json.WriteString("error", view.error);
        json.WriteEndObject();
    });

    /// <summary>How frames are refused before any rule is asked.</summary>
    public static Reply Refusal(FrameRefused refused) => Of(refused.Status, refused.Message, (json, error) =>
    {
        json.WriteStartObject();
        json.WriteString("error", error);
        json.WriteEndObject();
    });
}
