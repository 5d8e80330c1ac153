using FluentAssertions;
using Microsoft.AspNetCore.Http;
using Xunit;
using Zaqar.Api.Requests;
using Zaqar.Domain;

namespace Zaqar.Unit.Requests;

public class PreSignedTests
{
    private const string Key = "topsecret";
    private const string Messages = "/v2/queues/sg/messages";
    private static readonly DateTimeOffset _now = new(2029, 12, 31, 23, 59, 59, TimeSpan.Zero);

    /// <summary>The signature is the original server's own.</summary>
    private static readonly PreSigned _shared = new(
        "c9c7e8d00b64a5a33561f8995e6628aec92e7c60e6f375834c168db3bd59dd48", "DELETE,GET,POST", "/v2/queues/sg/claims,/v2/queues/sg/messages",
        "p1", "2030-01-01T00:00:00");

    [Theory]
    [InlineData("GET", Messages), InlineData("POST", Messages), InlineData("DELETE", Messages + "/some-id"), InlineData("POST", "/v2/queues/sg/claims")]
    public void what_was_signed_is_open(string method, string path) => Admits(_shared, method, path).Should().BeTrue();

    [Fact]
    public void the_order_of_methods_and_paths_does_not_matter() =>
        Admits(_shared with { Methods = "POST,DELETE,GET", Paths = "/v2/queues/sg/messages,/v2/queues/sg/claims" }).Should().BeTrue();

    [Theory]
    [InlineData("PUT", Messages), InlineData("get", Messages), InlineData("", Messages), InlineData("GET,POST", Messages)]
    [InlineData("GET", Messages + "XYZ"), InlineData("GET", Messages + "XYZ/1"), InlineData("GET", "/v2/queues/sg"), InlineData("GET", "/v2/queues/sg/")]
    [InlineData("GET", "/v2/queues/other/messages"), InlineData("GET", "/x" + Messages), InlineData("GET", "/v2/queues/SG/messages")]
    [InlineData("GET", "/v2/queues/s%67/messages"), InlineData("GET", ""), InlineData("GET", "/")]
    public void nothing_else_is(string method, string path) => Admits(_shared, method, path).Should().BeFalse();

    [Fact]
    public void a_dot_in_a_name_is_a_dot()
    {
        var shown = Signed("/v2/queues/a.b/messages");

        Admits(shown, "GET", "/v2/queues/a.b/messages").Should().BeTrue();
        Admits(shown, "GET", "/v2/queues/axb/messages").Should().BeFalse();
    }

    [Fact]
    public void it_is_over_when_its_time_is()
    {
        _shared.Admits("GET", Messages, [Key], _now.AddSeconds(0.999)).Should().BeTrue();
        _shared.Admits("GET", Messages, [Key], _now.AddSeconds(1)).Should().BeFalse();
    }

    [Fact]
    public void nothing_that_is_signed_may_be_changed()
    {
        Admits(_shared with { Methods = "DELETE,GET,POST,PUT" }).Should().BeFalse();
        Admits(_shared with { Paths = Messages }).Should().BeFalse();
        Admits(_shared with { Project = "p2" }).Should().BeFalse();
        Admits(_shared with { Expires = "2031-01-01T00:00:00" }).Should().BeFalse();
        _shared.Admits("GET", Messages, ["another key"], _now).Should().BeFalse();
    }

    [Theory]
    [InlineData(""), InlineData(" "), InlineData("c9c7e8d00b64a5a33561f8995e6628aec92e7c60e6f375834c168db3bd59dd4")]
    [InlineData("C9C7E8D00B64A5A33561F8995E6628AEC92E7C60E6F375834C168DB3BD59DD48"), InlineData("\u00e9")]
    [InlineData("c9c7e8d00b64a5a33561f8995e6628aec92e7c60e6f375834c168db3bd59dd48,c9c7e8d00b64a5a33561f8995e6628aec92e7c60e6f375834c168db3bd59dd48")]
    public void the_signature_is_compared_as_it_is(string signature) => Admits(_shared with { Signature = signature }).Should().BeFalse();

    [Theory]
    [InlineData("2030-01-01"), InlineData("2030-01-01T00:00:00Z"), InlineData("2030-01-01 00:00:00"), InlineData(""), InlineData("never")]
    [InlineData("2030-13-01T00:00:00"), InlineData(" 2030-01-01T00:00:00")]
    public void a_time_of_another_form_is_over_even_when_it_is_signed(string expires) => Admits(Signed(Messages, expires: expires)).Should().BeFalse();

    [Theory, InlineData(""), InlineData("/"), InlineData(","), InlineData("messages"), InlineData(Messages + "/")]
    public void a_path_that_is_none_opens_nothing_even_when_it_is_signed(string paths) => Admits(Signed(paths)).Should().BeFalse();

    [Fact]
    public void a_signature_for_no_project_opens_nothing()
    {
        Admits(Signed(Messages, project: "")).Should().BeFalse();
        Admits(Signed(Messages, project: "None") with { Project = "" }).Should().BeFalse();
    }

    /// <summary>Whoever may sign for a project of a strange name gets no signature for another's.</summary>
    [Fact]
    public void a_signature_does_not_fit_the_same_text_cut_elsewhere()
    {
        var mine = Signed(Messages, project: @"attacker\nvictim");

        Admits(mine with { Methods = @"GET\nattacker", Project = "victim" }).Should().BeFalse();
        Admits(mine with { Paths = Messages + @"\nGET", Methods = "attacker", Project = "victim" }, "attacker").Should().BeFalse();
        Admits(mine).Should().BeFalse("what could be cut in two ways is not taken in either");
    }

    [Fact]
    public void the_headers_carry_it_beside_the_project()
    {
        var headers = new HeaderDictionary
        {
            ["URL-Signature"] = _shared.Signature, ["URL-Methods"] = _shared.Methods, ["URL-Expires"] = _shared.Expires,
            ["URL-Paths"] = new(["/v2/queues/sg/claims", "/v2/queues/sg/messages"]),
        };

        PreSigned.In(headers, "p1").Should().Be(_shared);
        Admits(PreSigned.In(new HeaderDictionary(), "p1")).Should().BeFalse();
    }

    [Fact]
    public void lists_carry_it_where_there_are_no_headers()
    {
        string[] methods = ["DELETE", "GET", "POST"], paths = ["/v2/queues/sg/claims", "/v2/queues/sg/messages"];

        PreSigned.Of(_shared.Signature, methods, paths, "p1", _shared.Expires).Should().Be(_shared);
        Admits(PreSigned.Of(_shared.Signature, methods.Reverse(), paths.Reverse(), "p1", _shared.Expires), "POST").Should().BeTrue();
        Admits(PreSigned.Of(_shared.Signature, methods, ["/v2/queues/sg/messages"], "p1", _shared.Expires)).Should().BeFalse();
        Admits(PreSigned.Of(_shared.Signature, [], [], "p1", _shared.Expires)).Should().BeFalse();
    }

    [Fact]
    public void any_of_the_keys_may_have_signed_it()
    {
        _shared.Admits("GET", Messages, ["new", "older", Key], _now).Should().BeTrue();
        _shared.Admits("GET", Messages, [Key, "older"], _now).Should().BeTrue();
        _shared.Admits("GET", Messages, ["new", "older"], _now).Should().BeFalse();
        _shared.Admits("GET", Messages, [], _now).Should().BeFalse("without a key nothing is signed");
    }

    [Fact]
    public void it_prints_without_its_signature() => _shared.ToString().Should().NotContain(_shared.Signature);

    private static bool Admits(PreSigned shown, string method = "GET", string path = Messages) => shown.Admits(method, path, [Key], _now);

    private static PreSigned Signed(string paths, string project = "p1", string expires = "2030-01-01T00:00:00") =>
        new(UrlSignature.Of(Key, paths.Split(','), ["GET"], project, expires), "GET", paths, project, expires);
}
