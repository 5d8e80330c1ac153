using System.Text;
using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Queues;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Queues;

/// <summary>What a client may store about a queue.</summary>
public class MetadataRulesTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"anything":[1,{"goes":null}],"":0,"_unknown":"x"}""")]
    [InlineData("""{"_max_messages_post_size":1}""")]
    [InlineData("""{"_max_messages_post_size":262144}""")]
    [InlineData("""{"_max_messages_post_size":true}""")]
    [InlineData("""{"_max_messages_post_size":null}""")]
    [InlineData("""{"_default_message_ttl":60}""")]
    [InlineData("""{"_default_message_ttl":1209600}""")]
    [InlineData("""{"_default_message_ttl":null}""")]
    [InlineData("""{"_default_message_delay":0}""")]
    [InlineData("""{"_default_message_delay":900}""")]
    [InlineData("""{"_default_message_delay":false}""")]
    [InlineData("""{"_dead_letter_queue":"dead"}""")]
    [InlineData("""{"_dead_letter_queue":"not a queue's name!"}""")]
    [InlineData("""{"_dead_letter_queue":5}""")]
    [InlineData("""{"_dead_letter_queue_messages_ttl":60}""")]
    [InlineData("""{"_dead_letter_queue_messages_ttl":1209600}""")]
    [InlineData("""{"_max_claim_count":0}""")]
    [InlineData("""{"_max_claim_count":-5}""")]
    [InlineData("""{"_max_claim_count":9223372036854775807}""")]
    [InlineData("""{"_enable_encrypt_messages":true}""")]
    [InlineData("""{"_enable_encrypt_messages":0}""")]
    [InlineData("""{"_enable_encrypt_messages":""}""")]
    [InlineData("""{"_flavor":"gold"}""")]
    [InlineData("""{"_retry_policy":{}}""")]
    [InlineData("""{"_retry_policy":null}""")]
    [InlineData("""{"_default_message_ttl":5,"_default_message_ttl":60}""")]
    public void accepted(string metadata) => FromClient(metadata).Should().NotBeNull();

    [Theory]
    [InlineData("""{"_max_messages_post_size":0}""")]
    [InlineData("""{"_max_messages_post_size":262145}""")]
    [InlineData("""{"_max_messages_post_size":"5"}""")]
    [InlineData("""{"_max_messages_post_size":1.0}""")]
    [InlineData("""{"_max_messages_post_size":""}""")]
    [InlineData("""{"_default_message_ttl":0}""")]
    [InlineData("""{"_default_message_ttl":59}""")]
    [InlineData("""{"_default_message_ttl":1209601}""")]
    [InlineData("""{"_default_message_ttl":true}""")]
    [InlineData("""{"_default_message_ttl":60.0}""")]
    [InlineData("""{"_default_message_ttl":"60"}""")]
    [InlineData("""{"_default_message_ttl":[]}""")]
    [InlineData("""{"_default_message_ttl":{}}""")]
    [InlineData("""{"_default_message_delay":-1}""")]
    [InlineData("""{"_default_message_delay":901}""")]
    [InlineData("""{"_default_message_delay":"1"}""")]
    [InlineData("""{"_default_message_delay":""}""")]
    [InlineData("""{"_dead_letter_queue_messages_ttl":59}""")]
    [InlineData("""{"_dead_letter_queue_messages_ttl":1209601}""")]
    [InlineData("""{"_dead_letter_queue_messages_ttl":"x"}""")]
    [InlineData("""{"_max_claim_count":"2"}""")]
    [InlineData("""{"_max_claim_count":2.5}""")]
    [InlineData("""{"_max_claim_count":[]}""")]
    [InlineData("""{"_enable_encrypt_messages":1}""")]
    [InlineData("""{"_enable_encrypt_messages":"true"}""")]
    [InlineData("""{"_retry_policy":"x"}""")]
    [InlineData("""{"_retry_policy":{"minimum_delay":5,"maximum_delay":14}}""")]
    [InlineData("""{"_default_message_ttl":60,"_default_message_ttl":5}""")]
    [InlineData("""{"_default_message_tt\u006c":5}""")]
    public void rejected(string metadata) =>
        Rejection(metadata).Should().BeOfType<MetadataInvalid>().Which.Kind.Should().Be(ErrorKind.InvalidRequest);

    [Theory, InlineData("[]"), InlineData("1"), InlineData("null"), InlineData("\"{}\"")]
    public void what_is_no_object_is_no_metadata(string document) =>
        Rejection(document).Should().BeOfType<MetadataInvalid>().Which.Kind.Should().Be(ErrorKind.InvalidBody);

    [Fact]
    public void no_body_stores_nothing() => FromClient("").Should().BeSameAs(QueueMetadata.Empty);

    [Fact]
    public void the_largest_document_passes_and_one_byte_more_does_not()
    {
        string Sized(int bytes) => $$"""{"a":"{{new string('a', bytes - 8)}}"}""";

        FromClient(Sized(65_536)).Json.Should().HaveLength(65_536);
        Rejection(Sized(65_537)).Kind.Should().Be(ErrorKind.InvalidRequest);
    }

    [Fact]
    public void a_document_is_never_longer_stored_than_sent() =>
        FromClient("""{ "a" : 1 , "b":[ 1,2 ], "a":[3] }""").Json.Should().Be("""{"a":[3],"b":[ 1,2 ]}""");

    [Fact]
    public void values_and_keys_keep_their_spelling() =>
        FromClient("""{"\u00e9\u0000\/":"\u0000\u00E9 é","n":1.50e+3,"z":-0,"d":{"x":1,"x":2}}""").Json
            .Should().Be("""{"\u00e9\u0000\/":"\u0000\u00E9 é","n":1.50e+3,"z":-0,"d":{"x":1,"x":2}}""");

    [Fact]
    public void a_repeated_key_keeps_its_place_and_takes_the_last_value_however_it_is_spelled() =>
        FromClient("""{"a":1,"b":2,"\u0061":3}""").Json.Should().Be("""{"a":3,"b":2}""");

    [Fact]
    public void reserved_keys_steer_the_queue()
    {
        var metadata = FromClient(
            """
            {"_max_messages_post_size":1000,"_default_message_ttl":61,"_default_message_delay":62,"_dead_letter_queue":"dead",
             "_dead_letter_queue_messages_ttl":63,"_max_claim_count":3,"_enable_encrypt_messages":true,"_flavor":"gold"}
            """);

        (metadata.MaxMessagesPostSize, metadata.DefaultMessageTtl, metadata.DefaultMessageDelay, metadata.DeadLetterQueue)
            .Should().Be((1000L, 61L, 62L, "dead"));
        (metadata.DeadLetterQueueMessagesTtl, metadata.MaxClaimCount, metadata.EnableEncryptMessages, metadata.Flavor)
            .Should().Be((63L, 3L, true, "gold"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"_max_messages_post_size":null,"_default_message_ttl":null,"_default_message_delay":null,"_max_claim_count":null,"_dead_letter_queue":null,"_flavor":null}""")]
    [InlineData("""{"_default_message_delay":0,"_max_claim_count":0,"_dead_letter_queue":"","_flavor":"","_enable_encrypt_messages":false}""")]
    [InlineData("""{"_default_message_delay":false,"_max_claim_count":-0,"_dead_letter_queue":[],"_flavor":{},"_enable_encrypt_messages":null}""")]
    public void null_zero_and_empty_values_count_as_not_set(string json)
    {
        var metadata = FromClient(json);

        (metadata.MaxMessagesPostSize, metadata.DefaultMessageTtl, metadata.DefaultMessageDelay, metadata.DeadLetterQueue)
            .Should().Be((null, null, null, null));
        (metadata.DeadLetterQueueMessagesTtl, metadata.MaxClaimCount, metadata.EnableEncryptMessages, metadata.Flavor)
            .Should().Be((null, null, false, null));
    }

    [Fact]
    public void metadata_with_the_same_text_is_equal() =>
        (QueueMetadata.Parse("""{"a":1}""") == QueueMetadata.Parse("""{"a":1}"""), QueueMetadata.Parse("""{"a":1}""").Equals(QueueMetadata.Parse("""{"a":1}""")))
            .Should().Be((false, true));

    private static QueueMetadata FromClient(string json) => QueueMetadata.FromClient(Encoding.UTF8.GetBytes(json), Bounds);

    private static RejectedException Rejection(string json)
    {
        var judging = () => FromClient(json);
        return judging.Should().Throw<RejectedException>().Which;
    }
}
