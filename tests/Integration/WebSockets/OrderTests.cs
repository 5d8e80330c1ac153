using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.WebSockets;

/// <summary>Requests that do not wait for the replies to those before them.</summary>
[Collection(WebSocketCollection.Name)]
public sealed class OrderTests(WebSocketService service)
{
    private static readonly (string Action, int Status)[] _round = [("queue_create", 201), ("queue_create", 204), ("queue_delete", 204), ("queue_get_stats", 404)];

    [Theory, InlineData(FrameKind.Text), InlineData(FrameKind.Binary)]
    public async Task hundreds_of_requests_of_every_sort_are_answered_one_by_one_in_their_order(FrameKind kind)
    {
        await using var socket = await service.Connect(kind: kind);
        var requests = Enumerable.Range(0, 500).Select(n => (n % 7) switch
        {
            0 => socket.Request("message_post", $$"""{"queue_name": "q", "messages": [{"body": {{n}}}], "n": {{n}}}"""),
            1 => socket.Request("message_list", $$"""{"queue_name": "q", "echo": true, "n": {{n}}}"""),
            2 => socket.Request("nonsense", $$"""{"n": {{n}}}"""),
            3 => socket.Request("queue_get", $$"""{"queue_name": "q", "n": {{n}}}"""),
            4 => socket.Request("message_post", $$"""{"n": {{n}}}"""),
            5 => socket.Request("claim_create", $$"""{"queue_name": "q", "limit": 1, "n": {{n}}}"""),
            _ => socket.Request("message_delete_many", $$"""{"queue_name": "q", "pop": 1, "n": {{n}}}"""),
        }).ToList();

        var replies = await socket.AskAll(requests);

        replies.Select(reply => reply.Request.GetProperty("body").GetProperty("n").GetInt32()).Should().Equal(Enumerable.Range(0, 500));
        replies.Select((reply, n) => (n % 7, reply.Status)).Distinct().Where(seen => seen.Item1 is not 5)
            .Should().BeEquivalentTo([(0, 201), (1, 200), (2, 400), (3, 200), (4, 400), (6, 200)]);
    }

    [Fact]
    public async Task a_read_sees_the_writes_before_it_and_none_after_it()
    {
        await using var socket = await service.Connect();
        var requests = Enumerable.Range(1, 200).SelectMany(n => new[]
        {
            socket.Request("message_post", $$"""{"queue_name": "q", "messages": [{"body": {{n}}}]}"""),
            socket.Request("queue_get_stats", new { queue_name = "q" }),
        }).ToList();

        var replies = await socket.AskAll(requests);

        replies.Where((_, at) => at % 2 == 1).Select(reply => reply.Body.GetProperty("messages").GetProperty("total").GetInt32())
            .Should().Equal(Enumerable.Range(1, 200));
    }

    [Fact]
    public async Task writes_take_effect_in_their_order_though_none_waits_for_another()
    {
        await using var socket = await service.Connect();
        var posts = Enumerable.Range(0, 300).Select(n => socket.Request("message_post", $$"""{"queue_name": "q", "messages": [{"body": {{n}}}]}""")).ToList();
        await socket.AskAll(posts);

        var popped = await socket.AskAll([.. Enumerable.Range(0, 15).Select(_ => socket.Request("message_delete_many", new { queue_name = "q", pop = 20 }))]);

        popped.SelectMany(reply => reply.Body.GetProperty("messages").EnumerateArray()).Select(message => message.GetProperty("body").GetInt32())
            .Should().Equal(Enumerable.Range(0, 300));
    }

    [Fact]
    public async Task a_queue_comes_and_goes_as_often_as_it_is_told_to()
    {
        await using var socket = await service.Connect();

        var replies = await socket.AskAll([.. Enumerable.Range(0, 200).Select(n => socket.Request(_round[n % 4].Action, new { queue_name = "q" }))]);

        replies.Select(reply => reply.Status).Should().Equal(Enumerable.Range(0, 200).Select(n => _round[n % 4].Status));
    }
}
