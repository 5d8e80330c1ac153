using System.Collections.Concurrent;
using System.Diagnostics;
using FluentAssertions;
using Xunit;
using Xunit.Abstractions;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Corpus;

/// <summary>Every operation of a service without pools.</summary>
public sealed class BadRequestsTests(CorpusService service, ITestOutputHelper output) : BadRequests(service, output), IClassFixture<CorpusService>
{
    private protected override bool IsAsked(DocumentedOperation operation) => true;

    private protected override int Least => 5000;
}

/// <summary>Those of pools and flavors.</summary>
public sealed class BadPoolRequestsTests(PooledCorpusService service, ITestOutputHelper output) : BadRequests(service, output), IClassFixture<PooledCorpusService>
{
    private protected override bool IsAsked(DocumentedOperation operation) =>
        operation.Path.StartsWith("/v2/pools", StringComparison.Ordinal) || operation.Path.StartsWith("/v2/flavors", StringComparison.Ordinal);

    private protected override int Least => 1000;
}

/// <summary>
/// Operations of the OpenAPI document that the service serves, asked badly in every way that applies to them. To see a case again:
/// <c>ZAQAR_CORPUS_SEED</c> and <c>ZAQAR_CORPUS_CASE</c>, as a failure names them.
/// </summary>
public abstract class BadRequests(CorpusService service, ITestOutputHelper output)
{
    private const int Batch = 40;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(15);

    private readonly CorpusSeed _seed = CorpusSeed.OfThisRun;
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly ConcurrentQueue<int> _statuses = new();
    private int _number;

    /// <summary>Which operations are asked.</summary>
    private protected abstract bool IsAsked(DocumentedOperation operation);

    /// <summary>How many cases there are at least.</summary>
    private protected abstract int Least { get; }

    [Fact]
    public async Task each_is_refused_as_documented_and_leaves_nothing_and_a_good_one_works_after_it()
    {
        output.WriteLine($"{_seed}");
        var began = Stopwatch.GetTimestamp();
        using var nobody = new HttpClient { BaseAddress = service.Address };
        var document = (await nobody.Get("/openapi/v2.json")).Json;
        var operations = DocumentedOperation.In(document).Where(IsAsked).ToArray();
        var examples = new Examples(document);

        await Parallel.ForEachAsync(operations, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (operation, _) => await Ask(operation, examples));

        output.WriteLine($"{_statuses.Count} cases of {operations.Length} operations in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
        foreach (var same in _statuses.GroupBy(status => status).OrderBy(same => same.Key))
            output.WriteLine($"{same.Key}: {same.Count()}");
        foreach (var complaint in _complaints)
            output.WriteLine(complaint);
        _complaints.Should().BeEmpty("run it again with {0}", _seed);
        service.Errors.Should().BeEmpty("run it again with {0}", _seed);
        if (_seed.Only is null)
            _statuses.Count.Should().BeGreaterThanOrEqualTo(Least);
    }

    private async Task Ask(DocumentedOperation operation, Examples examples)
    {
        using var wire = new Wire(service.Address);
        var project = $"corpus-{Guid.NewGuid():N}";
        var cases = Cases(operation, examples).Where(one => _seed.Runs(one.Name) && (_seed.Only is not null || IsTaken(one, operation))).ToArray();
        if (cases.GroupBy(one => one.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            Complain(twice.Key, "the name of two cases");

        foreach (var batch in cases.Chunk(Batch))
        {
            var scene = await Scene.Make(service, operation, project);
            var unmade = new Dictionary<string, string>();
            foreach (var one in batch)
                if (Place(one, operation, scene) is var place && await IsRefused(one, operation, examples, place, wire) && place != scene)
                    unmade[place.Path!] = one.Name;

            if (unmade.Count > 0)
                foreach (var made in (await Scene.Paths(service, project)).Where(unmade.ContainsKey))
                    Complain(unmade[made], $"refused, and made {made}");

            var good = Good.Of(operation, await Scene.Make(service, operation, project), examples, Interlocked.Increment(ref _number));
            if (Judge.Success(operation, await wire.Ask(good.Wire(), ends: false, _patience)) is { } complaint)
                Complain(batch[^1].Name, $"a good request after it and those before it: {complaint}");
        }
    }

    private async Task<bool> IsRefused(Case one, DocumentedOperation operation, Examples examples, Scene scene, Wire wire)
    {
        // Whoever hangs up in the middle may be served without being answered, at any time after it.
        var isWatched = operation.Changes && !one.Name.Contains("/framing/", StringComparison.Ordinal) && _seed.Picks(one.Name, "watch", 8);
        var before = isWatched ? await scene.Seen(service) : "";
        WireAnswer answer;
        try
        {
            answer = await wire.Ask(one.Ask(Good.Of(operation, scene, examples, Interlocked.Increment(ref _number))), one.Ends, _patience);
        }
        catch (OperationCanceledException)
        {
            Complain(one.Name, $"no answer within {_patience.TotalSeconds} s");
            return false;
        }

        _statuses.Enqueue(answer.Status);
        if (Judge.Complaint(one, operation, answer) is { } complaint)
            Complain(one.Name, complaint);
        if (answer.Status < 400)
            return false;

        if (isWatched && await scene.Seen(service) is var after && after != before)
            Complain(one.Name, $"{answer.Status}, and this changed: {before} to {after}");
        return true;
    }

    // What may make a queue is asked half of the time about one that is not there.
    private Scene Place(Case one, DocumentedOperation operation, Scene scene) =>
        operation.Names is [("queue_name" or "topic_name") and var name] && operation.Changes && _seed.Picks(one.Name, "new", 2)
            ? scene with { Names = new Dictionary<string, string> { [name] = Messaging.NewQueue() } }
            : scene;

    // Of the many bodies and headers another half each time; all of them where one is looked for.
    private bool IsTaken(Case one, DocumentedOperation operation) =>
        !(one.Name.StartsWith($"{operation.Id}/body/", StringComparison.Ordinal) || one.Name.StartsWith($"{operation.Id}/header/", StringComparison.Ordinal))
        || _seed.Picks(one.Name, "take", 2);

    private IEnumerable<Case> Cases(DocumentedOperation operation, Examples examples) =>
    [
        .. BodyCases.Of(operation, examples, _seed), .. ParameterCases.Of(operation, _seed), .. HeaderCases.Of(operation), .. NameCases.Of(operation), .. FramingCases.Of(operation),
    ];

    private void Complain(string name, string complaint) =>
        _complaints.Enqueue($"ZAQAR_CORPUS_CASE='{name}': {(complaint.Length > 500 ? complaint[..500] : complaint)}");
}
