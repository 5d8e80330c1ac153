using FluentAssertions;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using Zaqar.Infrastructure.Delivery;

namespace Zaqar.Integration.Crashes;

public sealed class RelayProgressTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RelayProgress _progress;

    public RelayProgressTests() => _progress = new(_time);

    [Fact]
    public void one_that_has_nothing_to_read_stands_still_at_no_time()
    {
        After(0, reached: 0, last: 0).Should().BeFalse();
        After(3600, reached: 0, last: 0).Should().BeFalse();
        After(3600, reached: 7, last: 7).Should().BeFalse();
        After(3600, reached: 7, last: 8).Should().BeFalse("it was posted just now");
    }

    [Fact]
    public void one_that_does_not_move_stands_still_after_half_a_minute_until_it_moves()
    {
        After(0, reached: 7, last: 7);
        After(5, reached: 7, last: 9).Should().BeFalse();
        After(29, reached: 7, last: 20).Should().BeFalse();
        After(1, reached: 7, last: 21).Should().BeTrue();
        After(5, reached: 8, last: 21).Should().BeFalse();
        After(30, reached: 8, last: 21).Should().BeTrue();
    }

    [Fact]
    public void one_that_moves_goes_on_however_far_behind_it_is()
    {
        for (var reached = 0; reached < 100; reached++)
            After(20, reached, last: 1_000_000).Should().BeFalse();
    }

    [Fact]
    public void a_time_in_which_nobody_could_look_does_not_count()
    {
        After(0, reached: 7, last: 9);
        After(20, reached: 7, last: 9);
        _progress.NotSeen();
        After(20, reached: 7, last: 9).Should().BeFalse();
        After(30, reached: 7, last: 9).Should().BeTrue();
        _progress.NotSeen();
        _progress.StandsStill.Should().BeFalse();
    }

    private bool After(int seconds, long reached, long last)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        _progress.Seen(reached, last);
        return _progress.StandsStill;
    }
}
