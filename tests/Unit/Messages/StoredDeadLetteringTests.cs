using System.Text.Json;
using FluentAssertions;
using Xunit;
using Zaqar.Domain.Messages;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Messages;

/// <summary>What is stored of a message that was dead-lettered, before there were letters and since.</summary>
public class StoredDeadLetteringTests
{
    private static readonly JsonSerializerOptions _stored = new(JsonSerializerDefaults.Web);

    [Fact]
    public void an_event_without_a_letter_is_read_and_written_as_it_always_was()
    {
        const string before =
            """{"numbers":[1],"to":"dead","at":"2026-03-01T06:00:00+00:00","by":{"clientId":"c","user":null,"requestId":"req-1","transport":"http"}}""";

        var read = JsonSerializer.Deserialize<MessageDeadLettered>(before, _stored)!;

        read.Letter.Should().BeNull();
        JsonSerializer.Serialize(read, _stored).Replace("\\u002B", "+", StringComparison.Ordinal).Should().Be(before);
    }

    [Fact]
    public void an_event_keeps_its_letter()
    {
        var sent = new MessageDeadLettered([1], "dead", Dawn, Client) { Letter = Mine };

        JsonSerializer.Deserialize<MessageDeadLettered>(JsonSerializer.Serialize(sent, _stored), _stored)!.Letter.Should().Be(Mine);
    }
}
