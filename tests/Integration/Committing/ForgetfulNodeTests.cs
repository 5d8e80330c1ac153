using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Zaqar.Application;
using Zaqar.Infrastructure.Committing;

namespace Zaqar.Integration.Committing;

public sealed class ForgetfulNodeTests(ForgetfulNodeTests.Service service) : IClassFixture<ForgetfulNodeTests.Service>
{
    [Fact]
    public async Task a_node_that_can_remember_but_one_queue_carries_every_command_out_once()
    {
        const int rounds = 40;
        string[] queues = [Messaging.NewQueue(), Messaging.NewQueue(), Messaging.NewQueue()];
        var project = $"project-{Guid.NewGuid():N}";

        // One after the other for each queue, side by side for the node: batches of several queues.
        await Task.WhenAll(queues.Select(async queue =>
        {
            using var client = service.Client(project);
            for (var i = 0; i < rounds; i++)
                await client.Post(queue, i);
        }));

        using var reader = service.Client(project);
        foreach (var queue in queues)
            (await reader.ListAll(queue)).Select(message => message.Body).Should().Equal(Enumerable.Range(0, rounds).Select(i => $"{i}"));
    }

    public sealed class Service : ZaqarService
    {
        protected override void Configure(IServiceCollection services) => services.AddSingleton(provider => new QueueMemory(
            provider.GetRequiredService<DatabaseClock>(), provider.GetRequiredService<TimeProvider>(), maxQueues: 1));
    }
}
