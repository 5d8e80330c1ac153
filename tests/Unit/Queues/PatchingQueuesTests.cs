using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Queues;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Queues;

public class PatchingQueuesTests
{
    private static readonly Past _past = Given(Created("""{"colour":"red","size":1}"""));

    [Fact]
    public void add_sets_a_key_that_is_not_there() =>
        _past.When(Patch(new MetadataOperation(MetadataOperationKind.Add, "shape", "\"round\""))).Then(Changed("""{"colour":"red","size":1,"shape":"round"}"""));

    [Fact]
    public void add_overwrites_a_key_that_is_there_and_keeps_its_place() =>
        _past.When(Patch(new MetadataOperation(MetadataOperationKind.Add, "colour", "\"blue\""))).Then(Changed("""{"colour":"blue","size":1}"""));

    [Fact]
    public void replace_sets_a_key_that_is_there() =>
        _past.When(Patch(new MetadataOperation(MetadataOperationKind.Replace, "colour", "null"))).Then(Changed("""{"colour":null,"size":1}"""));

    [Theory]
    [InlineData("_max_messages_post_size", "1000")]
    [InlineData("_default_message_ttl", "60")]
    [InlineData("_default_message_delay", "10")]
    [InlineData("_dead_letter_queue", "\"dead\"")]
    [InlineData("_dead_letter_queue_messages_ttl", "60")]
    [InlineData("_max_claim_count", "2")]
    [InlineData("_enable_encrypt_messages", "true")]
    public void replace_sets_a_reserved_key_that_is_only_shown_by_default(string key, string value) =>
        _past.When(Patch(new MetadataOperation(MetadataOperationKind.Replace, key, value))).Then(Changed($$"""{"colour":"red","size":1,"{{key}}":{{value}}}"""));

    [Theory, InlineData("_dead_letter_queue"), InlineData("_dead_letter_queue_messages_ttl"), InlineData("_max_claim_count"), InlineData("_enable_encrypt_messages")]
    public void replace_of_what_only_queues_show_by_default_is_a_conflict_in_a_topic(string key)
    {
        var topic = _past.StateOf(QueueId.OfTopic("project-1", "orders"));

        FluentActions.Invoking(() => Patch(new MetadataOperation(MetadataOperationKind.Replace, key, "null"))(topic, Dawn)).Should().Throw<MetadataKeyMissing>();
    }

    [Theory, InlineData("_max_messages_post_size", "1000"), InlineData("_default_message_ttl", "60"), InlineData("_default_message_delay", "10")]
    public void replace_sets_what_a_topic_shows_by_default(string key, string value)
    {
        var topic = _past.StateOf(QueueId.OfTopic("project-1", "orders"));

        Patch(new MetadataOperation(MetadataOperationKind.Replace, key, value))(topic, Dawn).Answer.Json.Should().Contain($"\"{key}\":{value}");
    }

    [Theory, InlineData("shape"), InlineData("_retry_policy"), InlineData("_flavor"), InlineData("")]
    public void replace_of_any_other_missing_key_is_a_conflict(string key) =>
        _past.When(Patch(new MetadataOperation(MetadataOperationKind.Replace, key, "1"))).ThenRejected<MetadataKeyMissing>(ErrorKind.Conflict);

    [Fact]
    public void remove_takes_a_key_away() =>
        _past.When(Patch(new MetadataOperation(MetadataOperationKind.Remove, "colour", null))).Then(Changed("""{"size":1}"""));

    [Fact]
    public void remove_of_a_reserved_key_that_is_only_shown_by_default_changes_nothing() =>
        _past.When(Patch(new MetadataOperation(MetadataOperationKind.Remove, "_default_message_ttl", null))).ThenNothing();

    [Theory, InlineData("shape"), InlineData("_retry_policy"), InlineData("_flavor")]
    public void remove_of_any_other_missing_key_is_a_conflict(string key) =>
        _past.When(Patch(new MetadataOperation(MetadataOperationKind.Remove, key, null))).ThenRejected<MetadataKeyMissing>(ErrorKind.Conflict);

    [Fact]
    public void operations_apply_in_order() =>
        _past.When(Patch(
                new(MetadataOperationKind.Add, "shape", "1"), new(MetadataOperationKind.Replace, "shape", "2"),
                new(MetadataOperationKind.Remove, "colour", null), new(MetadataOperationKind.Add, "colour", "3")))
            .Then(Changed("""{"size":1,"shape":2,"colour":3}"""));

    [Fact]
    public void one_conflict_stops_all() =>
        _past.When(Patch(new MetadataOperation(MetadataOperationKind.Add, "shape", "1"), new(MetadataOperationKind.Remove, "weight", null)))
            .ThenRejected<MetadataKeyMissing>(ErrorKind.Conflict);

    [Fact]
    public void the_result_is_judged_as_at_creation() =>
        _past.When(Patch(new MetadataOperation(MetadataOperationKind.Add, "_default_message_ttl", "59"))).ThenRejected<MetadataInvalid>(ErrorKind.InvalidBody);

    [Fact]
    public void only_the_result_is_judged() =>
        _past.When(Patch(
                new(MetadataOperationKind.Add, "_default_message_ttl", "59"), new(MetadataOperationKind.Remove, "_default_message_ttl", null)))
            .ThenNothing();

    [Fact]
    public void patches_cannot_make_the_metadata_larger_than_a_creation_could() =>
        Given(Created($$"""{"a":"{{new string('a', 40_000)}}"}"""))
            .When(Patch(new MetadataOperation(MetadataOperationKind.Add, "b", $"\"{new string('b', 40_000)}\"")))
            .ThenRejected<MetadataInvalid>(ErrorKind.InvalidBody);

    [Fact]
    public void no_operations_change_nothing_and_answer_what_is_stored() =>
        _past.When(Patch()).ThenNothing().ThatAnswers(metadata => metadata.Json.Should().Be("""{"colour":"red","size":1}"""));

    [Fact]
    public void a_value_set_to_what_it_is_changes_nothing() =>
        _past.When(Patch(new MetadataOperation(MetadataOperationKind.Replace, "size", "1"))).ThenNothing();

    [Fact]
    public void a_missing_queue_is_not_found() => Given().When(Patch()).ThenRejected<QueueNotFound>(ErrorKind.NotFound);

    [Fact]
    public void a_deleted_queue_is_not_found() =>
        Given(Created(), new QueueDeleted(Dawn, Client)).When(Patch()).ThenRejected<QueueNotFound>(ErrorKind.NotFound);

    private static Func<QueueState, DateTimeOffset, Decision<QueueMetadata>> Patch(params MetadataOperation[] operations) =>
        (queue, now) => QueueDecider.Patch(queue, operations, Bounds, Client, now);

    private static QueueMetadataChanged Changed(string metadata) => new(metadata, Dawn, Client);
}
