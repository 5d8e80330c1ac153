using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Zaqar.Infrastructure.History;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.History;

public sealed class RetentionTests(ShortSegmentsService service) : IClassFixture<ShortSegmentsService>
{
    private readonly string _queue = Messaging.NewQueue();
    private readonly string _project = $"project-{Guid.NewGuid():N}";

    [Fact]
    public async Task a_queues_history_goes_on_in_a_new_segment_when_one_is_full()
    {
        using var client = service.Client(_project);
        for (var i = 0; i < 35; i++)
            await client.Post(_queue, i);

        (await Streams()).Should().Equal(1, 2, 3, 4);
        (await client.ListAll(_queue)).Select(message => message.Body).Should().Equal(Enumerable.Range(0, 35).Select(i => $"{i}"));
    }

    [Fact]
    public async Task a_subscription_marks_the_segment_that_is_written_to()
    {
        using var client = service.Client(_project);
        for (var i = 0; i < 25; i++)
            await client.Post(_queue, i);

        await client.Subscribe(_queue);

        (await Count($"select count(*) from mt_streams where tenant_id = '{_project}' and id like 'queue/%' and type = 'relayed'")).Should().Be(1);
        (await Count($"select count(*) from mt_streams where tenant_id = '{_project}' and id = 'queue/{_queue}/1/3' and type = 'relayed'")).Should().Be(1);
    }

    [Fact]
    public async Task old_segments_are_dropped_once_every_message_in_them_is_gone()
    {
        using var client = service.Client(_project);
        for (var i = 0; i < 35; i++)
            await client.Post(_queue, i);
        for (var i = 0; i < 15; i++)
            await client.DeleteAsync($"/v2/queues/{_queue}/messages?pop=1");
        await PassRetention();

        (await Streams()).Should().Equal([2, 3, 4], "the second segment still holds messages that nobody deleted");
        (await Recorded()).Should().Be(1);
    }

    [Fact]
    public async Task a_claimed_message_keeps_its_segment()
    {
        using var client = service.Client(_project);
        for (var i = 0; i < 25; i++)
            await client.Post(_queue, i);
        await client.Claim(_queue, limit: 1, ttl: 43200);
        for (var i = 0; i < 24; i++)
            await client.DeleteAsync($"/v2/queues/{_queue}/messages?pop=1");
        await PassRetention();

        (await Streams()).Should().Equal(1, 2, 3);
    }

    [Fact]
    public async Task the_history_of_a_deleted_queue_goes_too_and_its_name_starts_anew()
    {
        using var client = service.Client(_project);
        for (var i = 0; i < 25; i++)
            await client.Post(_queue, i);
        await client.DeleteAsync($"/v2/queues/{_queue}");
        await Eventually.Holds(() => Count("select count(*) from grave"), graves => graves == 0, "the rows of the deleted queue are cleared");
        await PassRetention();

        (await Streams()).Should().BeEmpty();
        await client.Post(_queue, "anew");
        (await client.List(_queue)).Messages.Should().ContainSingle();
    }

    // Moving the clock would expire the messages too; so the streams are made to look old.
    private async Task PassRetention()
    {
        await using var age = service.Database.CreateCommand(
            "update mt_streams set timestamp = timestamp - interval '15 days' where tenant_id = $1");
        age.Parameters.Add(new() { Value = _project });
        await age.ExecuteNonQueryAsync();
        await service.RelayHasPassed();
        await service.Services.GetRequiredService<SegmentSweeper>().Sweep(default);
    }

    private async Task<IReadOnlyList<int>> Streams()
    {
        await using var command = service.Database.CreateCommand(
            "select split_part(id, '/', 4)::int from mt_streams where tenant_id = $1 and id like 'queue/%' order by 1");
        command.Parameters.Add(new() { Value = _project });
        await using var reader = await command.ExecuteReaderAsync();
        var segments = new List<int>();
        while (await reader.ReadAsync())
            segments.Add(reader.GetInt32(0));
        return segments;
    }

    private Task<long> Recorded() =>
        Count($"select count(*) from mt_events where tenant_id = '{_project}' and type = 'segment_dropped'");

    private async Task<long> Count(string sql)
    {
        await using var command = service.Database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
