using System.Globalization;
using System.Net.Http.Headers;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>How long a server asks to be left alone.</summary>
/// <remarks>Source: RFC 9110, section 10.2.3: seconds, or a date.</remarks>
internal static class RetryAfter
{
    /// <summary>One hour: nobody holds a delivery up for longer.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromHours(1);

    /// <returns>Between zero and <see cref="Longest"/>; null when the server asks nothing, or what cannot be read.</returns>
    public static TimeSpan? Of(HttpResponseHeaders headers, DateTimeOffset now)
    {
        // The typed header knows no number of more than 31 bits.
        if (!headers.NonValidated.TryGetValues("Retry-After", out var values) || values.FirstOrDefault()?.Trim() is not { Length: > 0 } text)
            return null;

        if (text.All(char.IsAsciiDigit))
            return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < Longest.TotalSeconds
                ? TimeSpan.FromSeconds(seconds)
                : Longest;

        return RetryConditionHeaderValue.TryParse(text, out var parsed) && parsed.Date is { } date
            ? TimeSpan.FromTicks(Math.Clamp((date - now).Ticks, 0, Longest.Ticks))
            : null;
    }
}
