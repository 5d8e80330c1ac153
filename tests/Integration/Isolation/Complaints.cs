using FluentAssertions;

namespace Zaqar.Integration.Isolation;

/// <summary>Collects what is wrong in many cases of one operation, so that each shows by its name.</summary>
internal sealed class Complaints(string operation)
{
    private readonly List<string> _all = [];

    public void Unless(bool isRight, string what, string expected, object? seen)
    {
        if (!isRight)
            _all.Add($"{operation}, {what}: expected {expected}, but saw {seen}");
    }

    public void ShouldBeNone() => string.Join(Environment.NewLine, _all).Should().BeEmpty();
}
