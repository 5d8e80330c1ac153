using FluentAssertions;
using Xunit;
using Zaqar.Domain.Queues;

namespace Zaqar.Unit.Queues;

public class RetryPolicyTests
{
    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"anything":"else"}""")]
    [InlineData("""{"retries_with_no_delay":1,"minimum_delay_retries":2,"minimum_delay":3,"maximum_delay":13,"maximum_delay_retries":4,"retry_backoff_function":"exponential","ignore_subscription_override":true}""")]
    [InlineData("""{"retry_backoff_function":"linear"}""")]
    [InlineData("""{"retry_backoff_function":"arithmetic"}""")]
    [InlineData("""{"retry_backoff_function":"geometric"}""")]
    [InlineData("""{"retries_with_no_delay":null,"minimum_delay":null,"maximum_delay":"","retry_backoff_function":0,"ignore_subscription_override":[]}""")]
    [InlineData("""{"minimum_delay":0,"maximum_delay":10}""")]
    [InlineData("""{"minimum_delay":20}""")]
    [InlineData("""{"maximum_delay":15}""")]
    [InlineData("""{"minimum_delay":-9223372036854775808,"maximum_delay":9223372036854775807}""")]
    public void accepted(string policy) => RetryPolicy.Broken(policy).Should().BeNull();

    [Theory]
    [InlineData("1")]
    [InlineData("\"linear\"")]
    [InlineData("[{}]")]
    [InlineData("""{"retries_with_no_delay":"3"}""")]
    [InlineData("""{"minimum_delay_retries":1.5}""")]
    [InlineData("""{"minimum_delay":[5]}""")]
    [InlineData("""{"maximum_delay":"30"}""")]
    [InlineData("""{"maximum_delay_retries":{"a":1}}""")]
    [InlineData("""{"retry_backoff_function":"Linear"}""")]
    [InlineData("""{"retry_backoff_function":"quadratic"}""")]
    [InlineData("""{"retry_backoff_function":1}""")]
    [InlineData("""{"ignore_subscription_override":1}""")]
    [InlineData("""{"ignore_subscription_override":"true"}""")]
    [InlineData("""{"minimum_delay":5,"maximum_delay":14}""")]
    [InlineData("""{"minimum_delay":21}""")]
    [InlineData("""{"maximum_delay":14}""")]
    [InlineData("""{"minimum_delay":40,"maximum_delay":30}""")]
    [InlineData("""{"minimum_delay":9223372036854775807,"maximum_delay":-9223372036854775808}""")]
    public void rejected(string policy) => RetryPolicy.Broken(policy).Should().NotBeNull();

    [Theory]
    [InlineData("""{"a":1,"_retry_policy":{"minimum_delay": 7}}""", """{"minimum_delay": 7}""")]
    [InlineData("""{"_retry_policy":null}""", "null")]
    [InlineData("""{"a":1}""", null)]
    [InlineData("[]", null)]
    public void a_document_has_a_policy_or_not(string document, string? policy) => RetryPolicy.In(document).Should().Be(policy);
}
