using System.Collections.Concurrent;
using System.Text.Json;
using CsCheck;
using FluentAssertions;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Zaqar.Application;
using Zaqar.Application.Committing;
using Zaqar.Domain;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Committing;
using Zaqar.Integration.Model;
using Zaqar.Unit.Model;

namespace Zaqar.Integration.Committing;

/// <summary>
/// The committer reads of a queue just what the commands at hand can touch. Here each command is decided a second time, on the fold of
/// the queue's whole history: the two must come to the same.
/// </summary>
public sealed class PartialStateTests(PartialStateTests.Service service) : IClassFixture<PartialStateTests.Service>
{
    /// <summary>A failure prints the shortest run found and its seed; <c>CsCheck_Seed</c> repeats it.</summary>
    [Fact]
    public async Task what_is_decided_on_the_part_of_a_queue_that_was_read_is_what_all_its_history_would_decide()
    {
        await QueueCommand.Runs(longest: 40, nudge: TimeSpan.FromMilliseconds(1)).SampleAsync(
            async commands =>
            {
                using var queues = new HttpQueueService(service);
                await new ModelRun(queues, service.Sweep).Run(commands);

                service.Committer.TakeDifferences().Should().BeEmpty();
            },
            iter: 15, threads: 1,
            print: commands => string.Join('\n', commands));

        service.Committer.Decided.Should().BePositive();
    }

    /// <summary>A service that decides twice.</summary>
    public sealed class Service : StoppedClockService
    {
        internal CommitterThatDecidesTwice Committer => (CommitterThatDecidesTwice)Services.GetRequiredService<ICommitter>();

        protected override void Configure(IServiceCollection services) => services.AddSingleton<ICommitter>(provider =>
            new CommitterThatDecidesTwice(provider.GetRequiredService<Committer>(), provider.GetRequiredService<IDocumentStore>(),
                provider.GetRequiredService<CommitterSettings>()));
    }

    /// <summary>Lets commands through one at a time, so that nothing changes between reading a queue's history and deciding.</summary>
    internal sealed class CommitterThatDecidesTwice(ICommitter committer, IDocumentStore store, CommitterSettings settings) : ICommitter, IDisposable
    {
        private readonly SemaphoreSlim _turn = new(1);
        private readonly ConcurrentQueue<string> _differences = [];
        private int _decided;

        public int Decided => _decided;

        /// <summary>What came out differently since this was last called.</summary>
        public IReadOnlyList<string> TakeDifferences()
        {
            string[] differences = [.. _differences];
            _differences.Clear();
            return differences;
        }

        public async Task<TAnswer> Commit<TAnswer>(
            QueueId queue, Needs needs, Func<QueueState, DateTimeOffset, Decision<TAnswer>> decide, Actor by, CancellationToken ct)
        {
            await _turn.WaitAsync(ct);
            try
            {
                var whole = await Folded(queue, ct);
                return await committer.Commit(queue, needs, (part, now) =>
                {
                    KeepBooks(whole, now);
                    Compare(Facts(whole), Facts(part), $"the row of {queue}");
                    Compare(Outcome(whole), Outcome(part), $"a decision about {queue} that needs {needs}");
                    Interlocked.Increment(ref _decided);
                    return decide(part, now);

                    string Outcome(QueueState state) => Told(() => decide(state, now));
                }, by, ct);
            }
            finally
            {
                _turn.Release();
            }
        }

        public void Dispose() => _turn.Dispose();

        private async Task<QueueState> Folded(QueueId queue, CancellationToken ct)
        {
            var state = new QueueState(queue);
            await using var session = store.QuerySession(queue.Project);
            for (var incarnation = 1; ; incarnation++)
            {
                for (var segment = 1; ; segment++)
                {
                    var events = await session.Events.FetchStreamAsync(StreamKey.OfQueue(queue.Name, incarnation, segment), token: ct);
                    if (events.Count == 0 && segment == 1)
                        return state;

                    foreach (var @event in events)
                        state.Evolve(@event.Data);
                    if (events.Count == 0)
                        break;
                }
            }
        }

        private void KeepBooks(QueueState state, DateTimeOffset now)
        {
            foreach (var @event in QueueDecider.ExpireClaims(state, now))
                state.Evolve(@event);
            foreach (var @event in QueueDecider.TurnPage(state, settings.SegmentLength, now))
                state.Evolve(@event);
        }

        private void Compare(string whole, string part, string what)
        {
            if (whole != part)
                _differences.Enqueue($"{what}:\nby all history {whole}\nby what is read {part}");
        }

        private static string Facts(QueueState state) => JsonSerializer.Serialize(new
        {
            state.Exists, state.Incarnation, state.Segment, state.Version, state.CreatedAt, state.Metadata.Json,
            state.NextNumber, state.Frontier, state.Total, state.SegmentStart,
        });

        private static string Told<TAnswer>(Func<Decision<TAnswer>> decide)
        {
            try
            {
                var (answer, events, letters) = decide();
                return $"{JsonSerializer.Serialize(answer)} {string.Concat(events.Select(Told))} {JsonSerializer.Serialize(letters)}";
            }
            catch (RejectedException refused)
            {
                return $"{refused.GetType().Name}: {refused.Message}";
            }
        }

        private static string Told(object @event) => $"{@event.GetType().Name} {JsonSerializer.Serialize(@event, @event.GetType())} ";
    }
}
