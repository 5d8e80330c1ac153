using System.Text.RegularExpressions;

namespace Zaqar.Integration.Isolation;

/// <summary>One of everything that a project can have, by the names that the templates of <see cref="Way"/> use.</summary>
/// <remarks>Every value ends with twelve random characters, so that there is one like it that nobody has.</remarks>
internal sealed partial record Belongings(
    string Queue, string Message, string Claimed, string Claim, string Subscription, string Delivery, string Secret,
    string Topic, string TopicMessage, string TopicSubscription, string TopicDelivery)
{
    private const int Tail = 12;

    /// <summary>Names of what is had.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
    [
        "queue_name", "message_id", "claimed_id", "claim_id", "subscription_id", "delivery_id", "secret",
        "topic_name", "topic_message_id", "topic_subscription_id", "topic_delivery_id",
    ];

    public IEnumerable<string> Values => Kinds.Select(kind => this[kind]);

    private string this[string kind] => kind switch
    {
        "queue_name" => Queue,
        "message_id" => Message,
        "claimed_id" => Claimed,
        "claim_id" => Claim,
        "subscription_id" => Subscription,
        "delivery_id" => Delivery,
        "secret" => Secret,
        "topic_name" => Topic,
        "topic_message_id" => TopicMessage,
        "topic_subscription_id" => TopicSubscription,
        "topic_delivery_id" => TopicDelivery,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Nothing is called that."),
    };

    /// <summary>This with one thing of another's.</summary>
    public Belongings With(string kind, Belongings other) => kind switch
    {
        "queue_name" => this with { Queue = other.Queue },
        "message_id" => this with { Message = other.Message },
        "claimed_id" => this with { Claimed = other.Claimed },
        "claim_id" => this with { Claim = other.Claim },
        "subscription_id" => this with { Subscription = other.Subscription },
        "delivery_id" => this with { Delivery = other.Delivery },
        "secret" => this with { Secret = other.Secret },
        "topic_name" => this with { Topic = other.Topic },
        "topic_message_id" => this with { TopicMessage = other.TopicMessage },
        "topic_subscription_id" => this with { TopicSubscription = other.TopicSubscription },
        "topic_delivery_id" => this with { TopicDelivery = other.TopicDelivery },
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Nothing is called that."),
    };

    /// <summary>What looks the same, as far as an id tells anything of itself, and is nowhere.</summary>
    public Belongings LikeNobodys()
    {
        // A topic that is called as a queue is so here too.
        var queue = Like(Queue);
        return new(
            queue, Like(Message), Like(Claimed), Like(Claim), Like(Subscription), Like(Delivery), Like(Secret),
            Topic == Queue ? queue : Like(Topic), Like(TopicMessage), Like(TopicSubscription), Like(TopicDelivery));
    }

    /// <summary>Puts the values where a template names them: <c>{queue_name}</c>.</summary>
    public string Fill(string template) => Names().Replace(template, name => this[name.Groups[1].Value]);

    private static string Like(string value) => value[..^Tail] + Guid.NewGuid().ToString("N")[..Tail];

    [GeneratedRegex(@"\{(queue_name|message_id|claimed_id|claim_id|subscription_id|delivery_id|secret|topic_name|topic_message_id|topic_subscription_id|topic_delivery_id)\}")]
    private static partial Regex Names();
}

/// <summary>A project, a token of its member, and what it has.</summary>
internal sealed record Tenant(string Project, string Token, Belongings Has);
