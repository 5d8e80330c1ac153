using System.Globalization;
using System.Text.Json;
using Zaqar.Application.Queues;

namespace Zaqar.Api.Queues;

/// <summary>Writes a queue's counts as JSON.</summary>
/// <remarks>Source: API contract, sections 2.8 and 3.4.</remarks>
internal static class QueueStatsJson
{
    /// <param name="isTotalOnly">Whether claimed and free messages are not told apart.</param>
    /// <param name="name">Writes the member that tells which message stands at an end.</param>
    public static void Write(Utf8JsonWriter json, QueueStats stats, bool isTotalOnly, Action<Utf8JsonWriter, MessageMark> name)
    {
        json.WriteStartObject();
        json.WriteStartObject("messages");
        if (!isTotalOnly)
        {
            json.WriteNumber("claimed", stats.Claimed);
            json.WriteNumber("free", stats.Free);
        }

        json.WriteNumber("total", stats.Claimed + stats.Free);
        WriteMark("oldest", stats.Oldest);
        WriteMark("newest", stats.Newest);
        json.WriteEndObject();
        json.WriteEndObject();

        void WriteMark(string end, MessageMark? mark)
        {
            if (mark is null)
                return;

            json.WriteStartObject(end);
            name(json, mark);
            json.WriteNumber("age", mark.Age);
            json.WriteString("created", mark.Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }
    }
}
