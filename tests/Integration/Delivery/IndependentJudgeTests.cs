using System.Text;
using System.Text.Json;
using FluentAssertions;
using Xunit;
using Zaqar.Infrastructure.Delivery;

namespace Zaqar.Integration.Delivery;

/// <summary>What goes out, as Python judges it: signatures by its <c>hmac</c>, documents by its <c>json</c>.</summary>
public class IndependentJudgeTests : Delivering
{
    private const string Dump = """
        import json, sys
        for line in sys.stdin:
            given = json.loads(line)
            print(json.dumps({"ttl": 300, "body": given, "delay": 5, "Message_Type": "Notification", "queue_name": "q.1-x_Y"}))
        """;

    [PythonFact]
    public async Task signatures_are_good()
    {
        string[] secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_cGxhaW4=", "plain text", "grüße 😀"];
        foreach (var secret in secrets)
        {
            var options = JsonSerializer.Serialize(new { secret, post_data = $"é {secret} \"$zaqar_message$\"" });
            (await new WebhookDriver(Sender()).Send(Notice(Sink.At("/hook"), options, id: $"msg_{secret.Length}"), default))
                .Should().Be(new Outcome.Delivered(200));
        }

        var verdicts = await PythonJudge.Signatures(Sink.Requests.Zip(secrets));

        verdicts.Should().Equal(Sink.Requests.Select(request => request.Headers["webhook-signature"])).And.HaveCount(secrets.Length);
    }

    [PythonFact]
    public async Task documents_are_spelled_as_pythons()
    {
        string[] bodies = ["1", "\"é中😀\u007f\u2028\\u0000\"", """{"ключ": ["\ud83d\ude00", {"a": null}], "b": "\"\\/\b\f\n\r\t"}"""];

        // Python's own spelling of the bodies with nothing escaped but what must be: ours keeps the spelling of all but the rest of Unicode.
        var spelled = await PythonJudge.Run("import json, sys\nfor line in sys.stdin: print(json.dumps(json.loads(line), ensure_ascii=False).replace('\\x7f', '\\\\u007f'))", bodies);
        var documents = await PythonJudge.Run(Dump, bodies);

        spelled.Select(body => Encoding.ASCII.GetString(NotificationDocument.Notification(300, Encoding.UTF8.GetBytes(body), 5, "q.1-x_Y")))
            .Should().Equal(documents).And.HaveCount(bodies.Length);
    }

    [Fact]
    public async Task every_attempt_has_the_same_id_and_its_own_time()
    {
        var notice = Notice(Sink.At("/hook"), """{"secret": "s", "post_headers": {"Webhook-Id": "forged"}}""", id: "msg_7");
        var driver = new WebhookDriver(Sender());

        await driver.Send(notice, default);
        Clock.Advance(TimeSpan.FromSeconds(5));
        await driver.Send(notice, default);

        Sink.Requests.Select(request => request.Headers["webhook-id"]).Should().Equal("msg_7", "msg_7");
        Sink.Requests.Select(request => long.Parse(request.Headers["webhook-timestamp"], null)).Should().Equal(1893499200, 1893499205);
        Sink.Requests.Select(request => request.Headers["webhook-signature"]).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task a_secret_that_cannot_sign_ends_the_delivery() =>
        (await new WebhookDriver(Sender()).Send(Notice(Sink.At("/hook"), """{"secret": "whsec_!"}"""), default))
            .Should().BeOfType<Outcome.Refused>().Which.Reason.Should().NotContain("whsec_!");
}
