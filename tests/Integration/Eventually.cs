using System.Diagnostics;
using FluentAssertions.Execution;

namespace Zaqar.Integration;

/// <summary>Waits for what happens by itself; gives up after a bound with what was expected and what was seen.</summary>
internal static class Eventually
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    internal static Task Is(Func<bool> condition, string expectation) =>
        Holds(() => Task.FromResult(condition()), met => met, expectation);

    /// <returns>The first observation that meets the condition.</returns>
    internal static async Task<T> Holds<T>(Func<Task<T>> observe, Func<T, bool> condition, string expectation)
    {
        var started = Stopwatch.GetTimestamp();
        using var pulse = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (true)
        {
            var seen = await observe();
            if (condition(seen))
                return seen;

            if (Stopwatch.GetElapsedTime(started) > _patience)
                Execute.Assertion.FailWith("Expected within {0} that {1}, but last saw {2}.", _patience, expectation, seen);
            await pulse.WaitForNextTickAsync();
        }
    }
}
