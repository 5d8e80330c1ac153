using FluentAssertions;
using Npgsql;
using Xunit;
using Zaqar.Api.Errors;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Integration.Http;

/// <summary>How failures are answered, without a service: these are hard to bring about from outside.</summary>
public sealed class ErrorAnswerTests
{
    [Fact]
    public void every_kind_of_refusal_has_an_answer()
    {
        foreach (var kind in Enum.GetValues<ErrorKind>())
            ErrorAnswer.To(new Refusal(kind)).Status.Should().BeOneOf(400, 403, 404, 409, 503);
    }

    [Fact]
    public void a_busy_service_says_why_and_to_try_again() =>
        ErrorAnswer.To(new ServiceBusy("Too much waits.")).Should().Be(
            new ErrorAnswer(503, "Service temporarily unavailable", "Too much waits. Please try again in a moment.", RetryAfter: TimeSpan.FromSeconds(1)));

    [Theory, MemberData(nameof(Outages))]
    public void a_failing_storage_is_503_and_its_words_stay_in_the_log(Exception outage)
    {
        var answer = ErrorAnswer.To(outage);

        (answer.Status, answer.Title, answer.IsOurs).Should().Be((503, "Service temporarily unavailable", true));
        answer.Description.Should().NotContain("secret").And.Contain("try again");
    }

    [Fact]
    public void a_bug_is_500_and_its_words_stay_in_the_log()
    {
        var answer = ErrorAnswer.To(new InvalidOperationException("secret"));

        (answer.Status, answer.Title, answer.IsOurs).Should().Be((500, "Internal server error", true));
        answer.Description.Should().NotContain("secret");
    }

    public static TheoryData<Exception> Outages => new()
    {
        new NpgsqlException("secret"), new TimeoutException("secret"), new InvalidOperationException("secret", new NpgsqlException("secret")),
        new TaskCanceledException("secret"),
    };

    private sealed class Refusal(ErrorKind kind) : RejectedException(kind, "No.");
}
