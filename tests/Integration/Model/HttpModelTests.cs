using System.Diagnostics;
using CsCheck;
using FluentAssertions;
using Xunit;
using Zaqar.Unit.Model;
using static Zaqar.Unit.Model.QueueCommand;

namespace Zaqar.Integration.Model;

/// <summary>The whole service against the reference model that the domain is held against too.</summary>
public sealed class HttpModelTests(StoppedClockService service) : IClassFixture<StoppedClockService>
{
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(40);

    /// <summary>A failure prints the shortest run found and its seed; <c>CsCheck_Seed</c> repeats it. A slow machine tries fewer runs.</summary>
    [Fact]
    public Task whatever_is_asked_in_whatever_order_the_service_answers_as_the_contract_says()
    {
        var started = Stopwatch.GetTimestamp();
        return Runs(longest: 40, nudge: _tick).SampleAsync(
            async commands =>
            {
                if (Stopwatch.GetElapsedTime(started) < _patience)
                    await Run(commands);
            },
            // One clock for all: runs cannot move it side by side.
            iter: 40, threads: 1,
            print: commands => string.Join('\n', commands));
    }

    /// <summary>
    /// Projects that call their queues by the same names, and whose commands are committed together, see nothing of each other.
    /// The clock stands still: it is one for all.
    /// </summary>
    [Fact]
    public Task runs_in_several_projects_at_once_know_nothing_of_each_other() =>
        Runs(longest: 25, nudge: _tick).Select(commands => commands.FindAll(command => command is not MoveToEdge)).Array[8].SampleAsync(
            runs => Task.WhenAll(runs.Select(Run)),
            iter: 8, threads: 1,
            print: runs => string.Join("\n\n", runs.Select(commands => string.Join('\n', commands))));

    /// <summary>The end of a claim is recorded when its queue is next touched; whatever touches it finds the claim over already.</summary>
    [Fact]
    public async Task whatever_comes_first_after_a_claim_ran_out_finds_its_messages_free()
    {
        QueueCommand[] firsts =
        [
            new ClaimMessages("orders", "alice", 2, null, null),
            new PopMessages("orders", 2),
            new DeleteMessage("orders", Live(0), null),
            new DeleteMessage("orders", Live(0), Named(0)),
            new DeleteMessages("orders", [Live(0), Live(2)]),
            new PurgeQueue("orders"),
            new RenewClaim("orders", Named(0), null, null),
            new ReleaseClaim("orders", Named(0)),
            new GetClaim("orders", Named(0)),
            new PostMessages("orders", "alice", [new("")]),
            new PatchQueue("orders", "add", "_default_message_delay", 30L),
            new ListMessages("orders", "bob", null, 2, Echo: false, IncludeClaimed: false, IncludeDelayed: false),
            new DeleteQueue("orders"),
            new Housekeep(),
        ];

        foreach (var first in firsts)
            await Run(
            [
                new CreateQueue("orders", []), new PostMessages("orders", "alice", [new(""), new(""), new("")]),
                new ClaimMessages("orders", "bob", 2, 60, 60), new MoveToEdge(0, TimeSpan.Zero), first, new PopMessages("orders", 3),
            ]);
    }

    /// <summary>Random runs seldom meet all of this; these always do.</summary>
    [Fact]
    public async Task runs_with_something_of_everything_are_answered_as_the_contract_says()
    {
        QueueCommand[][] runs = [DeadLetters, Delays, Ends];
        var seen = new HashSet<(string Operation, int Status)>();

        foreach (var run in runs)
            seen.UnionWith(await Run(run));

        runs.SelectMany(run => run).Select(command => command.GetType()).Should().Contain(
            typeof(QueueCommand).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(QueueCommand))));
        seen.Should().Contain(
        [
            ("CreateQueue", 201), ("CreateQueue", 204), ("CreateQueue", 400),
            ("PatchQueue", 200), ("PatchQueue", 400), ("PatchQueue", 404), ("PatchQueue", 409),
            ("Post", 201), ("Post", 400), ("List", 200), ("FollowLinks", 200), ("GetStats", 200),
            ("Get", 200), ("Get", 404), ("GetMany", 200), ("GetMany", 404),
            ("Claim", 201), ("Claim", 204), ("Claim", 400), ("GetClaim", 200), ("GetClaim", 404),
            ("Renew", 204), ("Renew", 400), ("Renew", 404), ("Release", 204),
            ("Delete", 204), ("Delete", 400), ("Delete", 403), ("DeleteMany", 204), ("Pop", 200), ("Purge", 204), ("DeleteQueue", 204),
        ]);
    }

    // Message m2 is claimed once, given back, and dead-lettered by the next claim.
    private static QueueCommand[] DeadLetters =>
    [
        new CreateQueue("orders", [("_dead_letter_queue", "dead"), ("_max_claim_count", 1L)]),
        new CreateQueue("orders", []),
        new CreateQueue("other", [("_default_message_ttl", 59L)]),
        new PostMessages("orders", "alice", [new(""), new("", 60), new("", 120)]),
        new PostMessages("orders", "bob", [new(""), new("", 59)]),
        new ListMessages("orders", "bob", After: 0, 1, Echo: false, IncludeClaimed: false, IncludeDelayed: false),
        new ClaimMessages("orders", "bob", 2, 60, 100),
        new ListMessages("orders", "alice", null, 5, Echo: true, IncludeClaimed: false, IncludeDelayed: true),
        new ListMessages("orders", "alice", null, 5, Echo: true, IncludeClaimed: true, IncludeDelayed: true),
        new GetClaim("orders", Live(0)),
        new DeleteMessage("orders", Live(0), null),
        new DeleteMessage("orders", Live(0), Live(0)),
        new ClaimMessages("orders", "alice", 1, 59, null),
        new ClaimMessages("orders", "alice", 1, null, 59),
        new ClaimMessages("orders", "alice", 1, null, null),
        new DeleteMessage("orders", Live(0), Live(1)),
        new DeleteMessage("orders", Live(0), Named(1)),
        new RenewClaim("orders", Live(0), 90, 500),
        new RenewClaim("orders", Live(0), 59, null),
        new RenewClaim("orders", Named(1), null, null),
        new ReleaseClaim("orders", Live(1)),
        new ReleaseClaim("orders", Named(1)),
        new DeleteMessage("orders", Live(1), Named(3)),
        new ClaimMessages("orders", "bob", 3, null, null),
        new GetClaim("orders", Named(4)),
        new ListMessages("dead", "bob", After: 0, 5, Echo: false, IncludeClaimed: false, IncludeDelayed: false),
        new PopMessages("dead", 3),
        new PopMessages("dead", 1),
    ];

    // Then over the delays, the ends of claims and the ends of messages: just before, on each, just after.
    private static QueueCommand[] Delays =>
    [
        new CreateQueue("orders", []),
        new PatchQueue("orders", "add", "_default_message_delay", 30L),
        new PatchQueue("orders", "replace", "_max_claim_count", 2L),
        new PatchQueue("orders", "remove", "_dead_letter_queue", null),
        new PatchQueue("orders", "replace", "colour", "red"),
        new PatchQueue("orders", "add", "_default_message_delay", 901L),
        new PatchQueue("other", "add", "colour", "red"),
        new PostMessages("orders", "bob", [new("", 300, 60), new("", 300), new("", 300, 0)]),
        new PostMessages("orders", "alice", [new("", 300, -1)]),
        new ListMessages("orders", "bob", null, 5, Echo: false, IncludeClaimed: false, IncludeDelayed: false),
        new ListMessages("orders", "bob", null, 5, Echo: false, IncludeClaimed: false, IncludeDelayed: true),
        new ClaimMessages("orders", "bob", 4, 60, 60),
        new DeleteMessage("orders", Live(1), null),
        .. Enumerable.Range(0, 6).SelectMany(_ => (QueueCommand[])
        [
            new MoveToEdge(0, -_tick),
            new MoveToEdge(0, TimeSpan.Zero),
            new ClaimMessages("orders", "alice", 1, 60, 60),
            new MoveToEdge(0, _tick),
            new Housekeep(),
        ]),
    ];

    private static QueueCommand[] Ends =>
    [
        new PostMessages("other", "bob", [new(""), new(""), new(""), new(""), new("")]),
        new ClaimMessages("other", "bob", 1, null, null),
        new DeleteMessages("other", [Live(0), Live(3), Named(0)]),
        new PurgeQueue("other"),
        new PostMessages("other", "bob", [new(""), new("")]),
        new DeleteQueue("other"),
        new DeleteQueue("other"),
        new DeleteMessage("other", Named(0), null),
        new PostMessages("other", "bob", [new("")]),
        new ClaimMessages("other", "bob", 1, null, null),
        new DeleteMessage("other", Live(0), Live(0)),
        new GetClaim("other", Live(0)),
    ];

    private static int Live(int index) => 2 * index;

    private static int Named(int index) => (2 * index) + 1;

    private async Task<IReadOnlySet<(string Operation, int Status)>> Run(IReadOnlyList<QueueCommand> commands)
    {
        using var queues = new HttpQueueService(service);
        await new ModelRun(queues, service.Sweep).Run(commands);
        return queues.Seen;
    }
}
