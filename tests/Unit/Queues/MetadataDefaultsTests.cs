using FluentAssertions;
using Xunit;
using Zaqar.Domain.Queues;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Queues;

/// <summary>What a client is shown: the stored document, and the reserved keys' defaults where nothing is set.</summary>
public class MetadataDefaultsTests
{
    [Fact]
    public void a_queue_with_nothing_stored_shows_seven_defaults() =>
        Shown("{}").Should().Be(
            """{"_max_messages_post_size":262144,"_default_message_ttl":3600,"_default_message_delay":0,"_dead_letter_queue":null,"_dead_letter_queue_messages_ttl":null,"_max_claim_count":null,"_enable_encrypt_messages":false}""");

    [Theory]
    [InlineData("{}", """{"_max_messages_post_size":262144,"_default_message_ttl":3600,"_default_message_delay":0}""")]
    [InlineData("""{"a":1,"_max_claim_count":null}""", """{"a":1,"_max_claim_count":null,"_max_messages_post_size":262144,"_default_message_ttl":3600,"_default_message_delay":0}""")]
    public void a_topic_shows_three_for_nobody_claims_from_it(string stored, string shown) =>
        QueueMetadata.Parse(stored).WithDefaults(ofTopic: true, Bounds).Should().Be(shown);

    [Fact]
    public void what_is_stored_comes_first_and_stays_as_it_is() =>
        Shown("""{"colour":"red","_default_message_ttl":77}""").Should().StartWith(
            """{"colour":"red","_default_message_ttl":77,"_max_messages_post_size":262144,"_default_message_delay":0,""");

    [Theory]
    [InlineData("0", "3600")]
    [InlineData("null", "3600")]
    [InlineData("false", "3600")]
    [InlineData("\"\"", "3600")]
    [InlineData("[]", "3600")]
    [InlineData("{ }", "3600")]
    [InlineData("-0.0", "3600")]
    [InlineData("[0]", "[0]")]
    [InlineData("61", "61")]
    public void a_stored_value_that_is_null_zero_or_empty_shows_the_default_in_its_place(string stored, string shown) =>
        Shown($$"""{"_default_message_ttl":{{stored}},"z":1}""").Should().StartWith($$"""{"_default_message_ttl":{{shown}},"z":1,""");

    [Fact]
    public void defaults_are_what_the_operator_set() =>
        QueueMetadata.Empty.WithDefaults(ofTopic: false, Bounds with { MaxMessagesPostSize = 1, DefaultMessageTtl = 2, DefaultMessageDelay = 3 })
            .Should().StartWith("""{"_max_messages_post_size":1,"_default_message_ttl":2,"_default_message_delay":3,""");

    [Fact]
    public void showing_stores_nothing()
    {
        var metadata = QueueMetadata.Parse("""{"a":1}""");
        metadata.WithDefaults(ofTopic: false, Bounds);

        metadata.Json.Should().Be("""{"a":1}""");
    }

    private static string Shown(string json) => QueueMetadata.Parse(json).WithDefaults(ofTopic: false, Bounds);
}
