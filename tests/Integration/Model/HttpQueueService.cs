using System.Runtime.CompilerServices;
using System.Text.Json;
using Zaqar.Integration.Http;
using Zaqar.Unit.Model;

namespace Zaqar.Integration.Model;

/// <summary>A project of its own in the real service, asked over HTTP as clients ask it.</summary>
/// <remarks>
/// When everything in a queue is listed, the queue that was last touched is looked at from every other side too: by ids, singly,
/// and page by page along the links. All sides must show the same, and no message that the listing lacks.
/// </remarks>
internal sealed class HttpQueueService(StoppedClockService service) : IQueueService, IDisposable
{
    private const int MostIds = 20;
    private const int SmallPage = 3;

    // Of ours by its looks, but no queue gets that far.
    private const string NeverPosted = "00000000-000f-4240-0000-000000000005";
    private const string NeverMade = "99999999-9999-4999-8999-999999999999";

    private static readonly string[] _onlyMessages = ["messages"];

    private readonly string _project = $"project-{Guid.NewGuid():N}";
    private readonly Dictionary<string, HttpClient> _clients = [];
    private readonly Dictionary<string, string> _messages = [];
    private readonly List<string> _posted = [];
    private readonly Dictionary<string, string> _claims = [];
    private readonly HashSet<(string Operation, int Status)> _seen = [];
    private string _touched = "";
    private int _looks;

    /// <summary>Every kind of operation that was asked for, by its name here, with every status it was answered.</summary>
    public IReadOnlySet<(string Operation, int Status)> Seen => _seen;

    public void Dispose()
    {
        foreach (var client in _clients.Values)
            client.Dispose();
    }

    public Task Advance(TimeSpan time)
    {
        service.Advance(time);
        return Task.CompletedTask;
    }

    public async Task<ReferenceAnswer> CreateQueue(string queue, IReadOnlyDictionary<string, object?> metadata) =>
        Plain(await Touch(queue, "PUT", "", metadata));

    public async Task<ReferenceAnswer> PatchQueue(string queue, string op, string key, object? value) =>
        Plain(await Touch(queue, "PATCH", "", new[] { new { op, path = $"/metadata/{key}", value } }, contentType: HttpCalls.PatchType));

    public async Task<ReferenceAnswer> DeleteQueue(string queue) => Plain(await Touch(queue, "DELETE", ""));

    public async Task<ReferenceAnswer> Purge(string queue) =>
        Plain(await Touch(queue, "POST", "/purge", new { resource_types = _onlyMessages }));

    public async Task<ReferenceAnswer> GetStats(string queue)
    {
        var answer = await Ask("alice", "GET", $"/v2/queues/{queue}/stats");
        if (answer.Status != 200)
            return Plain(answer);

        var stats = answer.Json.GetProperty("messages");
        return new(200)
        {
            Stats = new(stats.GetProperty("claimed").GetInt64(), stats.GetProperty("free").GetInt64(), stats.GetProperty("total").GetInt64(),
                End("oldest"), End("newest")),
        };

        string? End(string which) => stats.TryGetProperty(which, out var end)
            ? NameIn(_messages, end.GetProperty("href").GetString()!.Replace($"/v2/queues/{queue}/messages/", "", StringComparison.Ordinal))
            : null;
    }

    public async Task<ReferenceAnswer> Post(string queue, string client, IReadOnlyList<ReferenceDraft> drafts)
    {
        var messages = drafts.Select(draft => Given(("body", draft.Name), ("ttl", draft.Ttl), ("delay", draft.Delay)));
        var answer = await Touch(queue, "POST", "/messages", new { messages }, client);
        if (answer.Status != 201)
            return Plain(answer);

        var ids = answer.Json.GetProperty("resources").EnumerateArray().Select(path => path.GetString()!.Split('/')[^1]).ToArray();
        if (ids.Length != drafts.Count)
            throw new InvalidOperationException($"Posted {drafts.Count} messages and was given the ids of {ids.Length}.");

        foreach (var (draft, id) in drafts.Zip(ids))
        {
            _messages[draft.Name] = id;
            _posted.Add(draft.Name);
        }

        return new(201);
    }

    public async Task<ReferenceAnswer> List(
        string queue, string client, string? after, int limit, bool echo, bool includeClaimed, bool includeDelayed)
    {
        var marker = after is null ? "" : $"&marker={_messages[after]}";
        var answer = await Ask(client, "GET",
            $"/v2/queues/{queue}/messages?limit={limit}&echo={echo}&include_claimed={includeClaimed}&include_delayed={includeDelayed}{marker}");
        var listed = Shown(queue, answer);
        var isAll = after is null && echo && includeClaimed && includeDelayed && listed.Messages.Count < limit;
        if (isAll && queue == _touched)
            await LookAround(queue, listed.Messages);

        return listed;
    }

    public async Task<ReferenceAnswer> Get(string queue, string message)
    {
        var answer = await Ask("alice", "GET", $"/v2/queues/{queue}/messages/{IdOf(message)}");
        return answer.Status == 200 ? new(200) { Messages = [Read(queue, answer.Json)] } : Plain(answer);
    }

    public async Task<ReferenceAnswer> Delete(string queue, string message, string? claim) =>
        Plain(await Touch(queue, "DELETE", $"/messages/{IdOf(message)}{(claim is null ? "" : $"?claim_id={ClaimOf(claim)}")}"));

    public async Task<ReferenceAnswer> DeleteMany(string queue, IReadOnlyList<string> messages) =>
        Plain(await Touch(queue, "DELETE", $"/messages?ids={string.Join(',', messages.Select(IdOf))}"));

    public async Task<ReferenceAnswer> Pop(string queue, int count) => Shown(queue, await Touch(queue, "DELETE", $"/messages?pop={count}"));

    public async Task<ReferenceAnswer> Claim(string queue, string client, string claim, int limit, long? ttl, long? grace)
    {
        var answer = await Touch(queue, "POST", $"/claims?limit={limit}", Given(("ttl", ttl), ("grace", grace)), client);
        if (answer.Status == 201)
            _claims[claim] = answer.Location!.Split('/')[^1];

        return Shown(queue, answer);
    }

    public async Task<ReferenceAnswer> GetClaim(string queue, string claim)
    {
        var answer = await Ask("alice", "GET", $"/v2/queues/{queue}/claims/{ClaimOf(claim)}");
        return answer.Status != 200 ? Plain(answer) : Shown(queue, answer) with
        {
            Claim = new(answer.Json.GetProperty("ttl").GetInt64(), answer.Json.GetProperty("age").GetInt64()),
        };
    }

    public async Task<ReferenceAnswer> Renew(string queue, string claim, long? ttl, long? grace) =>
        Plain(await Touch(queue, "PATCH", $"/claims/{ClaimOf(claim)}", Given(("ttl", ttl), ("grace", grace))));

    public async Task<ReferenceAnswer> Release(string queue, string claim) =>
        Plain(await Touch(queue, "DELETE", $"/claims/{ClaimOf(claim)}"));

    private async Task LookAround(string queue, IReadOnlyList<ReferenceMessage> listed)
    {
        if (_posted.Count == 0)
            return;

        var wanted = _posted.TakeLast(MostIds).ToHashSet();
        var found = listed.Where(message => wanted.Contains(message.Name)).ToArray();
        Same(Found(found), await GetMany(queue, [.. wanted]), $"{queue} by ids");

        var one = _posted[_looks++ % _posted.Count];
        Same(Found(listed.Where(message => message.Name == one)), await Get(queue, one), $"{one} of {queue}");
        Same(new(200) { Messages = listed }, await FollowLinks(queue), $"the pages of {queue}");

        static ReferenceAnswer Found(IEnumerable<ReferenceMessage> messages) =>
            messages.Any() ? new(200) { Messages = [.. messages] } : new(404, "Not found");
    }

    private async Task<ReferenceAnswer> GetMany(string queue, IReadOnlyList<string> messages) =>
        Shown(queue, await Ask("bob", "GET", $"/v2/queues/{queue}/messages?ids={string.Join(',', messages.Select(IdOf))}"));

    private async Task<ReferenceAnswer> FollowLinks(string queue)
    {
        var messages = new List<ReferenceMessage>();
        var next = $"/v2/queues/{queue}/messages?limit={SmallPage}&echo=true&include_claimed=true&include_delayed=true";
        while (true)
        {
            var page = await Ask("bob", "GET", next);
            var shown = Shown(queue, page);
            messages.AddRange(shown.Messages);
            if (shown.Status != 200 || page.Json.GetProperty("links").GetArrayLength() == 0)
                return shown with { Messages = messages };

            next = page.Json.GetProperty("links")[0].GetProperty("href").GetString()!;
        }
    }

    private static void Same(ReferenceAnswer expected, ReferenceAnswer actual, string side)
    {
        if (expected.ToString() != actual.ToString())
            throw new InvalidOperationException($"Asked for {side}:\nexpected {expected}\nbut was  {actual}");
    }

    private ReferenceAnswer Shown(string queue, Answer answer) => answer.Status is 200 or 201
        ? new(answer.Status) { Messages = [.. answer.Json.GetProperty("messages").EnumerateArray().Select(message => Read(queue, message))] }
        : Plain(answer);

    // What is not as it should be gets a name that no message has, and shows in the comparison.
    private ReferenceMessage Read(string queue, JsonElement message)
    {
        var (name, id) = (message.GetProperty("body").GetString()!, message.GetProperty("id").GetString()!);
        return new(
            _messages.GetValueOrDefault(name) == id ? name : $"{name} as {id}",
            message.GetProperty("ttl").GetInt64(), message.GetProperty("age").GetInt64(), HolderIn(message),
            message.TryGetProperty("claim_count", out var count) ? count.GetInt32() : null);

        // A popped message has no href: it is nowhere any more.
        string? HolderIn(JsonElement message)
        {
            if (!message.TryGetProperty("href", out var href))
                return null;

            var path = $"/v2/queues/{queue}/messages/{id}";
            var text = href.GetString()!;
            return text == path ? null : NameIn(_claims, text.Replace($"{path}?claim_id=", "", StringComparison.Ordinal));
        }
    }

    private static ReferenceAnswer Plain(Answer answer) => new(answer.Status, answer.Status < 400 ? null : answer.Title);

    private Task<Answer> Touch(
        string queue, string method, string path, object? body = null, string client = "alice", string contentType = "application/json",
        [CallerMemberName] string operation = "")
    {
        _touched = queue;
        return Ask(client, method, $"/v2/queues/{queue}{path}", body, contentType, operation);
    }

    private async Task<Answer> Ask(
        string client, string method, string path, object? body = null, string contentType = "application/json",
        [CallerMemberName] string operation = "")
    {
        if (!_clients.TryGetValue(client, out var caller))
            _clients[client] = caller = service.Client(_project);

        var answer = await caller.Ask(method, path, body is null ? null : JsonSerializer.Serialize(body), contentType);
        _seen.Add((operation, answer.Status));
        return answer;
    }

    // Null stands for what the client does not say.
    private static Dictionary<string, object> Given(params (string Key, object? Value)[] members) =>
        members.Where(member => member.Value is not null).ToDictionary(member => member.Key, member => member.Value!);

    private string IdOf(string message) => _messages.GetValueOrDefault(message, NeverPosted);

    private string ClaimOf(string claim) => _claims.GetValueOrDefault(claim, NeverMade);

    private static string NameIn(Dictionary<string, string> ids, string id) =>
        ids.FirstOrDefault(known => known.Value == id) is { Key: { } name } ? name : $"unknown {id}";
}
