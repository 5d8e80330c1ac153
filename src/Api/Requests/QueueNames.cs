using Zaqar.Api.Errors;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Api.Requests;

/// <summary>Makes ids of the names that clients give. Nothing else stands between those and the names that are stored.</summary>
internal static class QueueNames
{
    /// <param name="ofTopic">Whether a topic is named, and no queue.</param>
    /// <exception cref="RequestRefused">The name is none, or the project's is too long.</exception>
    public static QueueId Read(string project, string name, bool ofTopic)
    {
        var noun = ofTopic ? "topic" : "queue";
        if (project.Length > Limits.MaxProjectLength)
            throw RequestRefused.ProjectTooLong(noun, Limits.MaxProjectLength);

        if (!QueueId.IsName(name))
            throw RequestRefused.Name(noun, QueueId.MaxNameLength);

        return Of(project, name, ofTopic);
    }

    /// <summary>What a request about all of a project's queues, or topics, has for one: an id without a name.</summary>
    public static QueueId None(string project, bool ofTopic) => Of(project, "", ofTopic);

    private static QueueId Of(string project, string name, bool ofTopic) => ofTopic ? QueueId.OfTopic(project, name) : new(project, name);
}
