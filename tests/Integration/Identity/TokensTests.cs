using FluentAssertions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using Zaqar.Application.Identity;
using Zaqar.Infrastructure.Identity;
using Zaqar.Integration.Delivery.Sinks;

namespace Zaqar.Integration.Identity;

/// <summary>What Keystone is asked about tokens, what of its answers is kept, and for how long.</summary>
public sealed class TokensTests : IAsyncLifetime, IDisposable
{
    private readonly SetClock _clock = new();
    private readonly List<IDisposable> _parts = [];
    private FakeKeystone _keystone = null!;

    public async Task InitializeAsync() => _keystone = await FakeKeystone.Start(_clock);

    public async Task DisposeAsync() => await _keystone.DisposeAsync();

    public void Dispose() => _parts.ForEach(part => part.Dispose());

    [Fact]
    public async Task a_token_speaks_for_its_user_in_its_project_with_its_roles()
    {
        var token = _keystone.Give("p1", "u1", ["reader", "member"], TimeSpan.FromMinutes(10));

        var identity = await Tokens().Validate(token, default);

        identity.Should().BeEquivalentTo(new Application.Identity.Identity("p1", "u1", ["reader", "member"], _clock.GetUtcNow().AddMinutes(10)));
        _keystone.LastQuestion.Should().Be("/v3/auth/tokens?nocatalog");
        _keystone.Judged.Should().Equal(token);
    }

    [Fact]
    public async Task a_token_of_no_project_speaks_for_none()
    {
        var tokens = Tokens();

        (await tokens.Validate(_keystone.Give(project: null), default))!.Project.Should().BeNull();
        (await tokens.Validate(_keystone.Give(null, shape: body => body["system"] = new System.Text.Json.Nodes.JsonObject { ["all"] = true }), default))!
            .Project.Should().BeNull();
    }

    [Theory, InlineData(""), InlineData("with space"), InlineData("with\nline"), InlineData("é"), InlineData("\0")]
    public async Task what_no_header_can_carry_is_no_token_and_nobody_is_asked(string token)
    {
        (await Tokens().Validate(token, default)).Should().BeNull();
        (await Tokens().Validate(new('x', 8_191), default)).Should().BeNull();

        _keystone.Judged.Should().BeEmpty();
    }

    [Fact]
    public async Task a_token_so_near_its_end_that_it_could_run_out_under_way_is_over()
    {
        (await Tokens().Validate(_keystone.Give(life: TimeSpan.FromSeconds(5)), default)).Should().BeNull();
        (await Tokens().Validate(_keystone.Give(life: TimeSpan.FromSeconds(5.1)), default)).Should().NotBeNull();
    }

    [Fact]
    public async Task an_answer_is_kept_for_its_time_whatever_becomes_of_the_token()
    {
        var (tokens, token) = (Tokens(), _keystone.Give());
        await tokens.Validate(token, default);
        _keystone.Revoke(token);

        _clock.Advance(TimeSpan.FromSeconds(59.9));
        (await tokens.Validate(token, default)).Should().NotBeNull();
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        (await tokens.Validate(token, default)).Should().BeNull();

        _keystone.Judged.Should().HaveCount(2);
    }

    [Fact]
    public async Task an_answer_is_kept_no_longer_than_its_token_lives()
    {
        var (tokens, token) = (Tokens(), _keystone.Give(life: TimeSpan.FromSeconds(30)));
        await tokens.Validate(token, default);

        _clock.Advance(TimeSpan.FromSeconds(24.9));
        (await tokens.Validate(token, default)).Should().NotBeNull();
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        (await tokens.Validate(token, default)).Should().BeNull();
    }

    [Fact]
    public async Task a_refusal_is_kept_shortly()
    {
        var (tokens, token) = (Tokens(), _keystone.Give());
        _keystone.Revoke(token);
        (await tokens.Validate(token, default)).Should().BeNull();
        (await tokens.Validate(token, default)).Should().BeNull();
        _keystone.Judged.Should().HaveCount(1);

        _clock.Advance(TimeSpan.FromSeconds(10));
        (await tokens.Validate(token, default)).Should().BeNull();
        _keystone.Judged.Should().HaveCount(2);
    }

    [Fact]
    public async Task with_no_time_to_keep_it_for_each_question_is_asked()
    {
        var (tokens, token) = (Tokens(_keystone.Settings with { TokenCacheTime = TimeSpan.Zero }), _keystone.Give());

        await tokens.Validate(token, default);
        _keystone.Revoke(token);

        (await tokens.Validate(token, default)).Should().BeNull();
    }

    [Fact]
    public async Task an_answer_that_was_found_untrue_is_forgotten()
    {
        var (tokens, token) = (Tokens(), _keystone.Give());
        await tokens.Validate(token, default);
        _keystone.Revoke(token);

        tokens.Forget(token);

        (await tokens.Validate(token, default)).Should().BeNull();
    }

    [Fact]
    public async Task simultaneous_questions_about_a_token_are_one()
    {
        var (tokens, token, other) = (Tokens(), _keystone.Give(), _keystone.Give(user: "u2"));
        var open = new TaskCompletionSource();
        _keystone.Trouble = async context =>
        {
            await open.Task;
            _keystone.Trouble = null;
            await SinkAnswer.Reset(context);
        };

        var answers = Enumerable.Range(0, 50).Select(_ => tokens.Validate(token, default)).Append(tokens.Validate(other, default)).ToArray();
        open.SetResult();
        var identities = await Task.WhenAll(answers);

        identities[..50].Should().OnlyContain(identity => identity!.User == "u1");
        identities[50]!.User.Should().Be("u2");
        _keystone.Judged.Should().BeEquivalentTo(token, other);
        _keystone.OwnLogins.Should().Be(1);
    }

    [Fact]
    public async Task who_leaves_takes_nobodys_answer_along()
    {
        var (tokens, token) = (Tokens(), _keystone.Give());
        var (asked, open) = (new TaskCompletionSource(), new TaskCompletionSource());
        await tokens.Validate(_keystone.Give(), default);
        _keystone.JudgingTrouble = async context =>
        {
            asked.TrySetResult();
            await open.Task;
            _keystone.JudgingTrouble = null;
            await SinkAnswer.Reset(context);
        };
        using var leaving = new CancellationTokenSource();

        var first = tokens.Validate(token, leaving.Token);
        var second = tokens.Validate(token, default);
        await asked.Task;
        await leaving.CancelAsync();
        await FluentActions.Awaiting(() => first).Should().ThrowAsync<OperationCanceledException>();
        open.SetResult();

        (await second).Should().NotBeNull();
    }

    [Fact]
    public async Task the_services_own_token_serves_many_and_is_renewed_shortly_before_it_ends()
    {
        _keystone.TokenLife = TimeSpan.FromMinutes(10);
        var tokens = Tokens();

        await tokens.Validate(_keystone.Give(), default);
        _clock.Advance(TimeSpan.FromSeconds(569));
        await tokens.Validate(_keystone.Give(), default);
        _keystone.OwnLogins.Should().Be(1);

        _clock.Advance(TimeSpan.FromSeconds(1));
        (await tokens.Validate(_keystone.Give(), default)).Should().NotBeNull();
        _keystone.OwnLogins.Should().Be(2);
    }

    [Fact]
    public async Task an_own_token_that_is_no_longer_taken_is_renewed_once_for_all_who_ask()
    {
        var tokens = Tokens();
        await tokens.Validate(_keystone.Give(), default);
        _keystone.RevokeOwn();

        var identities = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => tokens.Validate(_keystone.Give(), default)));

        identities.Should().NotContainNulls();
        _keystone.OwnLogins.Should().Be(2);
    }

    [Fact]
    public async Task an_own_token_that_is_refused_even_when_it_is_new_is_a_fault_and_asked_for_once_more_only()
    {
        var tokens = Tokens();
        _keystone.JudgingTrouble = SinkAnswer.Status(401);

        await Unavailable(tokens, _keystone.Give());

        _keystone.Judged.Should().HaveCount(2);
        _keystone.OwnLogins.Should().Be(2);
    }

    [Theory, InlineData(403), InlineData(500), InlineData(503), InlineData(429), InlineData(400), InlineData(200), InlineData(302), InlineData(204)]
    public async Task whatever_is_no_plain_answer_grants_nothing_refuses_nothing_and_is_not_kept(int status)
    {
        var (tokens, token) = (Tokens(), _keystone.Give());
        _keystone.JudgingTrouble = SinkAnswer.Status(status, ("Location", "/v3/auth/elsewhere"));

        await Unavailable(tokens, token);

        _keystone.JudgingTrouble = null;
        (await tokens.Validate(token, default)).Should().NotBeNull();
    }

    [Theory]
    [InlineData("{}"), InlineData("[]"), InlineData("null"), InlineData("<html>"), InlineData("""{"token": {"user": {"id": "u"}}}""")]
    [InlineData("""{"token": {"user": {"id": 5}, "expires_at": "2031-01-01T00:00:00Z"}}""")]
    [InlineData("""{"token": {"user": {"id": "u"}, "project": {}, "expires_at": "2031-01-01T00:00:00Z"}}""")]
    public async Task an_answer_that_is_no_token_grants_nothing(string body)
    {
        _keystone.JudgingTrouble = context => Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, body);

        await Unavailable(Tokens(), _keystone.Give());
    }

    [Fact]
    public async Task an_answer_without_end_is_cut_off()
    {
        _keystone.JudgingTrouble = async context =>
        {
            try
            {
                await SinkAnswer.EndlessBody(200)(context);
            }
            catch (OperationCanceledException)
            {
                // The client has gone.
            }
        };

        await Unavailable(Tokens(), _keystone.Give());
    }

    [Fact]
    public async Task a_broken_connection_is_tried_once_more()
    {
        var (tokens, left) = (Tokens(), 1);
        await tokens.Validate(_keystone.Give(), default);
        _keystone.JudgingTrouble = context => Interlocked.Decrement(ref left) < 0 ? SinkAnswer.Status(404)(context) : SinkAnswer.Reset(context);

        (await tokens.Validate(_keystone.Give(), default)).Should().BeNull();
        left = 2;
        await Unavailable(tokens, _keystone.Give());
    }

    [Fact]
    public async Task a_keystone_that_hangs_is_not_waited_for_longer_than_its_time()
    {
        _keystone.Trouble = async context =>
        {
            try
            {
                await SinkAnswer.Hang(context);
            }
            catch (OperationCanceledException)
            {
                // The client has gone.
            }
        };

        await Unavailable(Tokens(_keystone.Settings with { Timeout = TimeSpan.FromMilliseconds(200) }), _keystone.Give());
    }

    [Fact]
    public async Task while_keystone_is_away_tokens_that_are_known_still_count_and_others_do_not()
    {
        var (tokens, known) = (Tokens(), _keystone.Give());
        await tokens.Validate(known, default);
        _keystone.Trouble = SinkAnswer.Status(503);

        (await tokens.Validate(known, default)).Should().NotBeNull();
        await Unavailable(tokens, _keystone.Give());
        _clock.Advance(TimeSpan.FromSeconds(60));
        await Unavailable(tokens, known);
    }

    [Fact]
    public async Task a_wrong_password_of_ours_is_a_fault_of_ours() =>
        await Unavailable(Tokens(_keystone.Settings with { Password = "wrong" }), _keystone.Give());

    [Fact]
    public async Task a_token_that_is_good_for_some_requests_only_is_good_for_none()
    {
        var token = _keystone.Give(shape: body => body["application_credential"] = new System.Text.Json.Nodes.JsonObject
        {
            ["id"] = "c", ["restricted"] = true, ["access_rules"] = new System.Text.Json.Nodes.JsonArray(),
        });
        var whole = _keystone.Give(shape: body => body["application_credential"] = new System.Text.Json.Nodes.JsonObject { ["id"] = "c", ["restricted"] = true });

        (await Tokens().Validate(token, default)).Should().BeNull();
        (await Tokens().Validate(whole, default)).Should().NotBeNull();
    }

    [Fact]
    public async Task nothing_that_is_logged_or_printed_has_a_token_or_the_password()
    {
        var log = new Lines();
        var (settings, token) = (_keystone.Settings with { Password = "hunter2" }, _keystone.Give());
        await Unavailable(Tokens(settings, log), token);
        _keystone.JudgingTrouble = SinkAnswer.Status(403);
        await Unavailable(Tokens(log: log), token);
        _keystone.JudgingTrouble = SinkAnswer.Reset;
        await Unavailable(Tokens(log: log), token);

        log.Written.Should().HaveCountGreaterThan(2).And.NotContain(line => line.Contains(token) || line.Contains("hunter2") || line.Contains("token-"));
        var identity = new Application.Identity.Identity("p", "u", [], default);
        string.Join(' ', settings, new Trustor(token, identity), new KeystoneAnswer(default, default, token), new OwnLogin(token, null!))
            .Should().NotContain(token).And.NotContain("hunter2");
    }

    private static async Task Unavailable(ITokens tokens, string token) =>
        await FluentActions.Awaiting(() => tokens.Validate(token, default)).Should().ThrowAsync<IdentityUnavailable>();

    private KeystoneTokens Tokens(KeystoneSettings? settings = null, ILogger? log = null)
    {
        settings ??= _keystone.Settings;
        var http = KeystoneClient.CreateHttp();
        var client = new KeystoneClient(http, settings, _clock, new Typed<KeystoneClient>(log ?? NullLogger.Instance));
        var tokens = new KeystoneTokens(client, new(client, _clock), settings, _clock, new Typed<KeystoneTokens>(log ?? NullLogger.Instance));
        _parts.AddRange([tokens, http]);
        return tokens;
    }

    /// <summary>One log for all categories.</summary>
    private sealed class Typed<T>(ILogger log) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => log.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => log.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Log(logLevel, eventId, state, exception, formatter);
    }

    private sealed class Lines : ILogger
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _written = [];

        public IReadOnlyList<string> Written => [.. _written];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _written.Enqueue($"{formatter(state, exception)} {exception}");
    }
}
