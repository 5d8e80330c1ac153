using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using FluentAssertions;
using Microsoft.AspNetCore.WebUtilities;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Queues;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Confirmation;

public sealed partial class ConfirmationPageTests : IClassFixture<ConfirmationService>, IAsyncLifetime, IDisposable
{
    private const string Form = "application/x-www-form-urlencoded";

    private readonly ConfirmationService _service;
    private readonly HttpClient _reader;
    private readonly QueueId _queue = new($"project-{Guid.NewGuid():N}", "orders.2");
    private Guid _subscription;

    public ConfirmationPageTests(ConfirmationService service)
    {
        _service = service;
        _reader = new() { BaseAddress = service.Address };
    }

    public async Task InitializeAsync() => _subscription = await _service.Subscribe(_queue);

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _reader.Dispose();

    [Fact]
    public async Task the_link_opens_a_page_that_says_what_was_subscribed_and_confirms_nothing()
    {
        var page = await Open(Link());

        page.Status.Should().Be(200);
        page.Text.Should().Contain("<strong>orders.2</strong>").And.Contain($"<strong>{_queue.Project}</strong>");
        (await _reader.Head(Link().PathAndQuery)).ShouldBeEmpty(200);
        (await _service.IsConfirmed(_queue, _subscription)).Should().BeFalse();
    }

    [Theory, InlineData("true", true, "Subscription confirmed"), InlineData("false", false, "Unsubscribed")]
    public async Task a_button_carries_out_what_it_says_and_the_answer_says_so_too(string button, bool confirmed, string title)
    {
        var answer = await Press(Fields(await Open(Link())), button);

        answer.Status.Should().Be(200, answer.Text);
        answer.Text.Should().Contain(title).And.Contain("<strong>orders.2</strong>");
        (await _service.IsConfirmed(_queue, _subscription)).Should().Be(confirmed);
    }

    [Fact]
    public async Task the_same_link_serves_both_ways_and_again()
    {
        foreach (var (button, confirmed) in new[] { ("true", true), ("false", false), ("true", true), ("true", true) })
        {
            (await Press(Fields(await Open(Link())), button)).Status.Should().Be(200);
            (await _service.IsConfirmed(_queue, _subscription)).Should().Be(confirmed);
        }
    }

    [Fact]
    public async Task a_page_fetches_nothing_runs_nothing_is_framed_by_nobody_and_is_kept_nowhere()
    {
        foreach (var page in new[] { await Open(Link()), await Press(Fields(await Open(Link())), "true"), await _reader.Get("/confirm") })
        {
            page.Header("Content-Type").Should().Be("text/html; charset=utf-8");
            page.Header("Cache-Control").Should().Be("no-store");
            page.Header("X-Content-Type-Options").Should().Be("nosniff");
            page.Header("Referrer-Policy").Should().Be("no-referrer");
            page.Header("X-Robots-Tag").Should().Be("noindex, nofollow");
            page.Text.Should().NotContain("<script").And.NotContain("http").And.NotContain("url(").And.NotContain("style=").And.NotMatchRegex(" on[a-z]+=");

            var style = Style().Match(page.Text).Groups[1].Value;
            page.Header("Content-Security-Policy").Should().Be(
                $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)))}'; "
                + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
        }
    }

    [Theory]
    [InlineData("<script>alert(1)</script>"), InlineData("\"><img src=x onerror=alert(1)>"), InlineData("' autofocus onfocus='alert(1)")]
    [InlineData("&lt;b&gt; & \u00e9 \u00a0\u00ad \u00ff"), InlineData("p+1%2b &Project=other"), InlineData("a,b")]
    public async Task a_project_of_any_name_is_shown_and_posted_as_it_is(string project)
    {
        var queue = _queue with { Project = project };
        var subscription = await _service.Subscribe(queue);

        var page = await Open(_service.Link(queue, subscription));

        page.Status.Should().Be(200);
        page.Text.Should().NotContain("<script").And.NotContain("<img").And.NotContain("onfocus='");
        WebUtility.HtmlDecode(page.Text).Should().Contain($"<strong>{project}</strong>");
        (await Press(Fields(page), "true")).Status.Should().Be(200);
        (await _service.IsConfirmed(queue, subscription)).Should().BeTrue();
    }

    [Fact]
    public async Task what_is_not_signed_is_not_shown()
    {
        var page = await Open(With("Queue", "<script>alert(1)</script>", With("Url", "https://evil.example", Link())));

        page.Status.Should().Be(200);
        page.Text.Should().NotContain("alert").And.NotContain("evil").And.Contain("orders.2");
    }

    [Theory]
    [InlineData("Signature", "0000000000000000000000000000000000000000000000000000000000000000"), InlineData("Signature", ""), InlineData("Signature", null)]
    [InlineData("Methods", "PUT,GET"), InlineData("Methods", "put"), InlineData("Methods", ""), InlineData("Methods", null)]
    [InlineData("Paths", "/v2/queues/other/subscriptions/0192c3f4-6c1e-7a70-8f3e-2f1f4c1d9a01/confirm"), InlineData("Paths", null)]
    [InlineData("Paths", "/v2/queues/%3Cscript%3E/subscriptions/x/confirm"), InlineData("Paths", "")]
    [InlineData("Project", "other"), InlineData("Project", ""), InlineData("Project", null)]
    [InlineData("Expires", "2099-01-01T00:00:01"), InlineData("Expires", "2020-01-01T00:00:00"), InlineData("Expires", "never"), InlineData("Expires", null)]
    public async Task a_link_that_was_changed_is_not_valid_to_open_or_to_post(string name, string? value)
    {
        var link = With(name, value, Link());

        ShouldBeNotValid(await Open(link));
        ShouldBeNotValid(await Post(link.Query[1..] + "&Confirmed=true"));
        (await _service.IsConfirmed(_queue, _subscription)).Should().BeFalse();
    }

    [Theory, InlineData("Signature"), InlineData("Methods"), InlineData("Paths"), InlineData("Project"), InlineData("Expires"), InlineData("project")]
    public async Task a_parameter_that_is_there_twice_is_there_once_too_often(string name)
    {
        var query = $"{Link().Query}&{name}={Uri.EscapeDataString(QueryHelpers.ParseQuery(Link().Query)[name].ToString())}";

        ShouldBeNotValid(await _reader.Get($"/confirm{query}"));
        ShouldBeNotValid(await Post(query[1..] + "&Confirmed=true"));
        (await _service.IsConfirmed(_queue, _subscription)).Should().BeFalse();
    }

    [Theory]
    [InlineData("/v2/queues/orders.2/subscriptions/{0}"), InlineData("/v2/queues/orders.2/subscriptions/{0}/confirm/"), InlineData("/v2/queues/orders.2")]
    [InlineData("/v2/queues/orders.2/subscriptions/{0}/confirm,/v2/queues/orders.2/messages"), InlineData("/v2/queues/orders.2/subscriptions/{0}/Confirm")]
    [InlineData("/v2/queues/orders 2/subscriptions/{0}/confirm"), InlineData("/v2/queues//subscriptions/{0}/confirm"), InlineData("/v2/queues/orders.2/subscriptions/x/confirm")]
    public async Task a_signature_for_anything_but_one_confirmation_is_not_for_this_page(string pattern)
    {
        var paths = string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, _subscription);
        var signature = UrlSignature.Of(ConfirmationService.Key, paths.Split(','), ["PUT"], _queue.Project, "2099-01-01T00:00:00");
        var link = With("Signature", signature, With("Paths", paths, Link()));

        ShouldBeNotValid(await Open(link));
        ShouldBeNotValid(await Post(link.Query[1..] + "&Confirmed=true"));
        (await _service.IsConfirmed(_queue, _subscription)).Should().BeFalse();
    }

    [Fact]
    public async Task a_link_of_another_key_or_of_the_past_is_not_valid()
    {
        ShouldBeNotValid(await Open(_service.Link(_queue, _subscription, key: "another key")));
        ShouldBeNotValid(await Open(_service.Link(_queue, _subscription, new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero))));
        ShouldBeNotValid(await Post(_service.Link(_queue, _subscription, new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero)).Query[1..] + "&Confirmed=true"));
    }

    [Fact]
    public async Task a_subscription_that_ended_meanwhile_looks_like_any_other_link_that_is_not_valid()
    {
        var form = Fields(await Open(Link()));
        await _service.End(_queue, _subscription);

        ShouldBeNotValid(await Press(form, "true"));
    }

    [Theory, InlineData(null), InlineData("application/json"), InlineData("multipart/form-data; boundary=x"), InlineData("text/plain"), InlineData("nonsense")]
    public async Task only_a_form_is_taken(string? contentType)
    {
        ShouldBeNotValid(await _reader.Ask("POST", "/confirm", Link().Query[1..] + "&Confirmed=true", contentType));
        (await _service.IsConfirmed(_queue, _subscription)).Should().BeFalse();
    }

    [Fact]
    public async Task a_form_may_name_its_charset() =>
        (await _reader.Ask("POST", "/confirm", Link().Query[1..] + "&Confirmed=true", $"{Form}; charset=UTF-8")).Status.Should().Be(200);

    [Theory, InlineData(""), InlineData("&Confirmed="), InlineData("&Confirmed=yes"), InlineData("&Confirmed=true&Confirmed=false"), InlineData("&Confirmed=True")]
    public async Task a_form_says_which_button_was_pressed(string button)
    {
        ShouldBeNotValid(await Post(Link().Query[1..] + button));
        (await _service.IsConfirmed(_queue, _subscription)).Should().BeFalse();
    }

    [Fact]
    public async Task a_form_has_at_most_16_kib_announced_or_not()
    {
        var form = Link().Query[1..] + "&Confirmed=true&x=";
        var largest = form.PadRight(16 * 1024, 'x');
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/confirm") { Content = new StringContent(largest + "x", Encoding.UTF8, Form) };
        chunked.Headers.TransferEncodingChunked = true;

        ShouldBeNotValid(await Post(largest + "x"));
        using var refused = await _reader.SendAsync(chunked);
        refused.StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await _service.IsConfirmed(_queue, _subscription)).Should().BeFalse();
        (await Post(largest)).Status.Should().Be(200);
    }

    [Fact]
    public async Task a_form_in_the_query_string_is_none()
    {
        ShouldBeNotValid(await _reader.Ask("POST", Link().PathAndQuery + "&Confirmed=true", "", Form));
        (await Open(new Uri(Link() + "&Confirmed=true"))).Text.Should().Contain("Confirm a subscription");
        (await _service.IsConfirmed(_queue, _subscription)).Should().BeFalse();
    }

    [Theory, InlineData("PUT"), InlineData("DELETE"), InlineData("OPTIONS")]
    public async Task no_other_method_is_taken(string method)
    {
        (await _reader.Ask(method, Link().PathAndQuery)).Status.Should().Be(405);
        (await _service.IsConfirmed(_queue, _subscription)).Should().BeFalse();
    }

    private Uri Link() => _service.Link(_queue, _subscription);

    private Task<Answer> Open(Uri link) => _reader.Get(link.PathAndQuery);

    private Task<Answer> Post(string form) => _reader.Ask("POST", "/confirm", form, Form);

    private Task<Answer> Press(IEnumerable<KeyValuePair<string, string>> fields, string button) =>
        Post(string.Join('&', fields.Append(new("Confirmed", button)).Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}")));

    // What a browser would send of the page's form.
    private static KeyValuePair<string, string>[] Fields(Answer page) =>
    [
        .. HiddenField().Matches(page.Text).Select(field =>
            KeyValuePair.Create(field.Groups[1].Value, WebUtility.HtmlDecode(field.Groups[2].Value))),
    ];

    /// <param name="value">Null takes the parameter away.</param>
    private static Uri With(string name, string? value, Uri link)
    {
        var parameters = QueryHelpers.ParseQuery(link.Query).Where(parameter => parameter.Key != name)
            .Select(parameter => KeyValuePair.Create(parameter.Key, (string?)parameter.Value.ToString()));
        if (value is not null)
            parameters = parameters.Append(new(name, value));

        return new(QueryHelpers.AddQueryString(link.GetLeftPart(UriPartial.Path), parameters));
    }

    private static void ShouldBeNotValid(Answer answer)
    {
        answer.Status.Should().Be(404, answer.Text);
        answer.Header("Content-Type").Should().Be("text/html; charset=utf-8");
        answer.Text.Should().Contain("<h1>This link is not valid</h1>").And.NotContain("<form");
    }

    [GeneratedRegex("<style>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex Style();

    [GeneratedRegex("<input type=\"hidden\" name=\"([A-Za-z]+)\" value=\"([^\"]*)\">")]
    private static partial Regex HiddenField();
}
