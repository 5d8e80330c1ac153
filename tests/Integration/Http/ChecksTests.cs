using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.Http;

[Collection(HttpCollection.Name)]
public sealed class ChecksTests(ZaqarService service) : IDisposable
{
    private const string Id = "3381af92-2b9e-11e3-b191-71861300734c";
    private const string Queue = "/v2/queues/checks";

    private readonly HttpClient _nobody = new() { BaseAddress = service.Address };
    private readonly HttpClient _client = service.Client();

    public void Dispose()
    {
        _nobody.Dispose();
        _client.Dispose();
    }

    [Fact]
    public async Task checks_run_in_order_and_the_first_that_fails_answers()
    {
        (string, string) form = ("Content-Type", "application/x-www-form-urlencoded");
        (string, string) signature = ("URL-Signature", "abc"), accept = ("Accept", "text/html"), spec = ("EXTRA-SPEC", "nope:x");
        (string, string) badId = ("Client-ID", "me"), noProject = ("X-Project-ID", "");

        (await Ask("@", form.Item2, signature, accept, badId, noProject, spec)).ShouldBeEmpty(404);
        (await Ask("@", form.Item2, accept, badId, noProject, spec)).ShouldBeEmpty(400);
        (await Ask("@", form.Item2, badId, noProject, spec)).ShouldBe(400, "Invalid Content-Type");
        (await Ask("@", null, accept, badId, noProject, spec)).ShouldBeEmpty(406);
        (await Ask("@", null, noProject, spec)).ShouldBe(400, "Missing header value");
        (await Ask("@", null, badId, noProject, spec)).ShouldBe(400, "Wrong UUID value");
        (await Ask("@", null, ("Client-ID", Id), noProject, spec)).ShouldBe(400, "Empty project header not allowed");
        (await Ask("@", null, ("Client-ID", Id), spec)).ShouldBe(400, "Project-Id Missing");
        (await Ask("@", null, ("Client-ID", Id), ("X-Project-ID", "p"), spec)).ShouldBe(400, "Invalid queue identification");
        (await Ask("q", null, ("Client-ID", Id), ("X-Project-ID", "p"), spec)).ShouldBe(400, "Invalid API request");

        // A method that is not there, for the checks come first; and a body, for a form needs a length.
        Task<Answer> Ask(string queue, string? contentType, params (string, string)[] headers) =>
            _nobody.Ask("BREW", $"/v2/queues/{queue}", "{}", contentType, headers);
    }

    [Theory]
    [InlineData("3381af92-2b9e-11e3-b191-71861300734c"), InlineData("3381AF92-2B9E-11E3-B191-71861300734C"), InlineData("3381af922b9e11e3b19171861300734c")]
    [InlineData("{3381af92-2b9e-11e3-b191-71861300734c}"), InlineData("urn:uuid:3381af92-2b9e-11e3-b191-71861300734c")]
    [InlineData("urn:uuid:{3381af922b9e11e3b19171861300734c}"), InlineData("3381-af922b9e11e3b1917186-1300734c")]
    public async Task a_client_id_is_a_uuid_in_any_spelling_and_all_spellings_are_one_client(string spelling)
    {
        var project = Guid.NewGuid().ToString();
        using var first = service.Client(project, Id);
        await first.PostBodies("spellings", "1");

        var others = await _nobody.Get("/v2/queues/spellings/messages", ("Client-ID", spelling), ("X-Project-ID", project));
        var echo = await _nobody.Get("/v2/queues/spellings/messages?echo=true", ("Client-ID", spelling), ("X-Project-ID", project));

        others.Bodies().Should().BeEmpty("a client's own messages are left out");
        echo.Bodies().Should().Equal("1");
    }

    [Theory]
    [InlineData(""), InlineData("me"), InlineData("3381af92-2b9e-11e3-b191-71861300734"), InlineData("3381af92-2b9e-11e3-b191-71861300734cc")]
    [InlineData("3381af92-2b9e-11e3-b191-71861300734g"), InlineData("0x81af922b9e11e3b19171861300734c"), InlineData("é381af922b9e11e3b19171861300734c")]
    public async Task any_other_client_id_is_refused(string value)
    {
        var answer = await RawHttp.Ask(service.Address, $"GET {Queue} HTTP/1.1\r\nHost: x\r\nClient-ID: {value}\r\nX-Project-ID: p\r\n\r\n");

        answer.Should().StartWith("HTTP/1.1 400 ").And.Contain("\"title\":\"Wrong UUID value\"");
    }

    [Fact]
    public async Task two_client_ids_are_none() =>
        (await RawHttp.Ask(service.Address, $"GET {Queue} HTTP/1.1\r\n{RawHttp.Identity}Client-ID: {Id}\r\n\r\n"))
            .Should().Contain("\"title\":\"Wrong UUID value\"");

    [Fact]
    public async Task the_complaint_about_a_missing_client_id_names_the_header() =>
        (await _nobody.Get(Queue, ("X-Project-ID", "p"))).Json.GetProperty("description").GetString().Should().Contain("Client-Id");

    [Theory, InlineData("X-Project-ID"), InlineData("x-project-id"), InlineData("X-Tenant-ID"), InlineData("X-Tenant")]
    public async Task a_project_is_named_by_any_of_three_headers(string header)
    {
        var project = Guid.NewGuid().ToString();
        using var client = service.Client(project);
        await client.Put("/v2/queues/mine");

        var listed = await _nobody.Get("/v2/queues", ("Client-ID", Id), (header, project));

        listed.Json.GetProperty("queues").EnumerateArray().Should().ContainSingle();
    }

    [Fact]
    public async Task an_empty_project_does_not_fall_back_to_another_header() =>
        (await RawHttp.Ask(service.Address, $"GET {Queue} HTTP/1.1\r\nHost: x\r\nClient-ID: {Id}\r\nX-Project-ID:\r\nX-Tenant: t\r\n\r\n"))
            .Should().Contain("\"title\":\"Empty project header not allowed\"");

    [Fact]
    public async Task a_project_id_has_at_most_256_characters_where_a_queue_is_named()
    {
        (await _nobody.Get(Queue, ("Client-ID", Id), ("X-Project-ID", new string('p', 256)))).Status.Should().Be(200);
        (await _nobody.Get(Queue, ("Client-ID", Id), ("X-Project-ID", new string('p', 257)))).ShouldBe(400, "Invalid queue identification");
        (await _nobody.Get("/v2/queues", ("Client-ID", Id), ("X-Project-ID", new string('p', 257)))).Status.Should().Be(200);
    }

    [Theory, InlineData("é ü"), InlineData("\u00ff\u00fe"), InlineData("a/b?c#d"), InlineData("'; drop table queue; --"), InlineData("\t x")]
    public async Task a_project_id_may_have_any_characters(string project)
    {
        foreach (var (method, status) in new[] { ("PUT", 201), ("GET", 200), ("HEAD", 204), ("DELETE", 204) })
            (await RawHttp.Ask(service.Address,
                $"{method} /v2/queues/odd HTTP/1.1\r\nHost: x\r\nClient-ID: {Id}\r\nX-Project-ID: {project}\r\nContent-Length: 0\r\n\r\n"))
                .Should().StartWith($"HTTP/1.1 {status} ");
    }

    [Fact]
    public async Task projects_never_meet()
    {
        using var other = service.Client();
        var ids = await _client.PostBodies("apart", "1");
        var claim = await _client.Claim("apart");

        (await other.Get("/v2/queues")).Json.GetProperty("queues").EnumerateArray().Should().BeEmpty();
        (await other.Get("/v2/queues/apart/messages?echo=true&include_claimed=true")).Bodies().Should().BeEmpty();
        (await other.Get($"/v2/queues/apart/messages/{ids[0]}")).ShouldBe(404, "Not found");
        (await other.Get($"/v2/queues/apart/claims/{claim}")).ShouldBe(404, "Not found");
        (await other.Delete($"/v2/queues/apart/messages/{ids[0]}?claim_id={claim}")).ShouldBeEmpty(204);
        (await other.Delete("/v2/queues/apart")).ShouldBeEmpty(204);
        (await _client.Get($"/v2/queues/apart/messages/{ids[0]}")).Status.Should().Be(200);
    }

    [Theory]
    [InlineData("*/*"), InlineData("application/json"), InlineData("application/*"), InlineData("APPLICATION/JSON"), InlineData("text/html, */*;q=0.1")]
    [InlineData("application/json;charset=utf-8"), InlineData("text/html, application/json;q=0.5"), InlineData("*"), InlineData("")]
    public async Task a_client_that_takes_json_gets_json(string accept)
    {
        var answer = await RawHttp.Ask(service.Address, $"GET {Queue} HTTP/1.1\r\n{RawHttp.Identity}Accept: {accept}\r\n\r\n");

        answer.Should().StartWith("HTTP/1.1 200 ").And.Contain("\r\nContent-Type: application/json\r\n");
    }

    [Theory]
    [InlineData("text/html"), InlineData("application/xml"), InlineData("application/json;q=0"), InlineData("application/json;q=0, */*")]
    [InlineData("*/*;q=0"), InlineData("application/vnd.openstack.messaging-v2+json"), InlineData(";;;"), InlineData(",,/,q="), InlineData("\u00ff")]
    public async Task a_client_that_takes_no_json_gets_406_and_no_body(string accept)
    {
        var answer = await RawHttp.Ask(service.Address, $"GET {Queue} HTTP/1.1\r\n{RawHttp.Identity}Accept: {accept}\r\n\r\n");

        answer.Should().StartWith("HTTP/1.1 406 ").And.Contain("\r\nContent-Length: 0\r\n").And.Contain("\r\nVary: Accept\r\n");
    }

    [Fact]
    public async Task a_form_is_refused_unless_it_names_a_charset()
    {
        (await _client.Ask("PUT", Queue, "{}", "application/x-www-form-urlencoded")).ShouldBe(400, "Invalid Content-Type");
        (await _client.Ask("PUT", Queue, "{}", "Application/X-WWW-Form-URLEncoded")).ShouldBe(400, "Invalid Content-Type");
        (await _client.Ask("PUT", Queue, "{}", "application/x-www-form-urlencoded; charset=utf-8")).Status.Should().Be(201);
        (await RawHttp.Ask(service.Address, $"GET {Queue} HTTP/1.1\r\n{RawHttp.Identity}Content-Type: application/x-www-form-urlencoded\r\n\r\n"))
            .Should().StartWith("HTTP/1.1 200 ", "a form that has no length is no form");
    }

    [Fact]
    public async Task no_other_content_type_is_minded()
    {
        (await _client.Ask("POST", $"{Queue}/messages", """{"messages": [{"body": 1}]}""", "text/nonsense")).Status.Should().Be(201);
        (await _client.Ask("POST", $"{Queue}/messages", """{"messages": [{"body": 1}]}""", null)).Status.Should().Be(201);
    }

    [Fact]
    public async Task a_signature_that_nobody_can_verify_is_404_and_an_empty_one_is_none()
    {
        (await _client.Get(Queue, ("URL-Signature", new string('a', 64)))).ShouldBe(404, "404 Not Found");
        (await RawHttp.Ask(service.Address, $"GET {Queue} HTTP/1.1\r\n{RawHttp.Identity}URL-Signature:\r\n\r\n")).Should().StartWith("HTTP/1.1 200 ");
    }

    [Theory, InlineData("messagecode:x", 200), InlineData("messagecode", 200), InlineData("", 200), InlineData("other:x", 400), InlineData(":x", 400)]
    public async Task an_extra_spec_names_a_plug_in_that_there_is(string spec, int status) =>
        (await RawHttp.Ask(service.Address, $"GET {Queue} HTTP/1.1\r\n{RawHttp.Identity}EXTRA-SPEC: {spec}\r\n\r\n"))
            .Should().StartWith($"HTTP/1.1 {status} ");

    [Theory, InlineData("/"), InlineData("/nowhere"), InlineData("/v2/queues"), InlineData("/v2/queues/@"), InlineData("/healthz/live"), InlineData("/openapi/v2.json")]
    public async Task every_answer_names_its_request(string path)
    {
        (await _client.Get(path)).Header("x-openstack-request-id").Should()
            .MatchRegex("^req-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$");
        (await _nobody.Ask("BREW", path)).Header("x-openstack-request-id").Should().NotBeNull();
    }
}
