namespace Zaqar.Unit.Model;

/// <summary>Drives the reference model and a service through one run, and compares what both answer and show after each step.</summary>
/// <param name="ageTolerance">Seconds by which ages may differ: 0 where the clock stands still between steps.</param>
public sealed class ModelRun(IQueueService service, Func<Task> housekeep, long ageTolerance = 0)
{
    private static readonly string[] _queues = ["orders", "dead", "other"];

    private readonly ReferenceQueue _model = new();
    private readonly List<string> _messages = [];
    private readonly List<string> _claims = [];

    /// <exception cref="InvalidOperationException">The service and the model differ; the message says where.</exception>
    public async Task Run(IReadOnlyList<QueueCommand> commands)
    {
        foreach (var command in commands)
        {
            await Step(command);
            foreach (var queue in _queues)
                await CompareViews(command, queue);
        }
    }

    // What a step means is settled before the model takes it, for the model changes with it.
    private Task Step(QueueCommand command)
    {
        switch (command)
        {
            case QueueCommand.PostMessages post:
                ReferenceDraft[] drafts = [.. post.Drafts.Select(draft => draft with { Name = Named() })];
                return Compare(command, one => one.Post(post.Queue, post.Client, drafts));
            case QueueCommand.ClaimMessages claim:
                _claims.Add($"c{_claims.Count}");
                return Compare(command, one => one.Claim(claim.Queue, claim.Client, _claims[^1], claim.Limit, claim.Ttl, claim.Grace));
            case QueueCommand.RenewClaim renew:
                var renewed = Claim(renew.Queue, renew.Claim);
                return Compare(command, one => one.Renew(renew.Queue, renewed, renew.Ttl, renew.Grace));
            case QueueCommand.ReleaseClaim release:
                var released = Claim(release.Queue, release.Claim);
                return Compare(command, one => one.Release(release.Queue, released));
            case QueueCommand.GetClaim get:
                var asked = Claim(get.Queue, get.Claim);
                return Compare(command, one => one.GetClaim(get.Queue, asked));
            case QueueCommand.DeleteMessage delete:
                var (message, given) = (Message(delete.Queue, delete.Message), delete.Claim is { } pick ? Claim(delete.Queue, pick) : null);
                return Compare(command, one => one.Delete(delete.Queue, message, given));
            case QueueCommand.DeleteMessages delete:
                string[] messages = [.. delete.Messages.Select(number => Message(delete.Queue, number))];
                return Compare(command, one => one.DeleteMany(delete.Queue, messages));
            case QueueCommand.PopMessages pop:
                return Compare(command, one => one.Pop(pop.Queue, pop.Count));
            case QueueCommand.PurgeQueue purge:
                return Compare(command, one => one.Purge(purge.Queue));
            case QueueCommand.DeleteQueue delete:
                return Compare(command, one => one.DeleteQueue(delete.Queue));
            case QueueCommand.CreateQueue create:
                return Compare(command, one => one.CreateQueue(create.Queue, create.Settings.ToDictionary(setting => setting.Key, setting => setting.Value)));
            case QueueCommand.PatchQueue patch:
                return Compare(command, one => one.PatchQueue(patch.Queue, patch.Op, patch.Key, patch.Value));
            case QueueCommand.ListMessages list:
                var marker = Marker(list.Queue, list.After);
                return Compare(command, one => one.List(
                    list.Queue, list.Client, marker, list.Limit, list.Echo, list.IncludeClaimed, list.IncludeDelayed));
            case QueueCommand.MoveToEdge move:
                return Move(move);
            default:
                return housekeep();
        }
    }

    private async Task Move(QueueCommand.MoveToEdge move)
    {
        TimeSpan[] coming = [.. _model.Edges.Select(edge => edge + move.By).Where(instant => instant > _model.Now)];
        var time = coming.Length == 0 ? TimeSpan.FromSeconds(50) : coming[Math.Min(move.Edge, coming.Length - 1)] - _model.Now;
        await _model.Advance(time);
        await service.Advance(time);
    }

    private async Task CompareViews(QueueCommand after, string queue)
    {
        await Compare(after, one => one.List(queue, "alice", null, 20, echo: true, includeClaimed: true, includeDelayed: true));
        await Compare(after, one => one.List(queue, "alice", null, 20, echo: false, includeClaimed: false, includeDelayed: false));
        await Compare(after, one => one.GetStats(queue));
    }

    private async Task Compare(QueueCommand after, Func<IQueueService, Task<ReferenceAnswer>> ask)
    {
        var (expected, actual) = (await ask(_model), await ask(service));
        if (expected.ToString() != Within(actual, expected).ToString())
            throw new InvalidOperationException($"At {_model.Now} after {after}:\nexpected {expected}\nbut was  {actual}");
    }

    private ReferenceAnswer Within(ReferenceAnswer actual, ReferenceAnswer expected)
    {
        if (ageTolerance == 0 || actual.Messages.Count != expected.Messages.Count)
            return actual;

        return actual with
        {
            Claim = actual.Claim is { } claim && expected.Claim is { } other ? claim with { Age = Near(claim.Age, other.Age) } : actual.Claim,
            Messages = [.. actual.Messages.Zip(expected.Messages, (message, like) => message with { Age = Near(message.Age, like.Age) })],
        };
    }

    private long Near(long age, long expected) => Math.Abs(age - expected) <= ageTolerance ? expected : age;

    private string Named()
    {
        var name = $"m{_messages.Count}";
        _messages.Add(name);
        return name;
    }

    private string Message(string queue, int pick) => Picked(pick, _model.LiveMessages(queue), _messages);

    private string Claim(string queue, int pick) => Picked(pick, _model.LiveClaims(queue), _claims);

    private static string Picked(int pick, IReadOnlyList<string> live, List<string> named)
    {
        var from = pick % 2 == 0 && live.Count > 0 ? live : named;
        return from.Count == 0 ? "none" : from[pick / 2 % from.Count];
    }

    private string? Marker(string queue, int? pick)
    {
        string[] known = [.. _messages.Where(message => _model.IsMarker(queue, message))];
        return pick is null || known.Length == 0 ? null : known[pick.Value % known.Length];
    }
}
