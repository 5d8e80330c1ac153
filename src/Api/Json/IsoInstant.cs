using System.Globalization;
using System.Text.RegularExpressions;

namespace Zaqar.Api.Json;

/// <summary>Reads an ISO 8601 date, or date and time, with all the liberties that Python's <c>iso8601</c> takes and clients may use.</summary>
/// <remarks>
/// <c>2030-01-01</c>, <c>2030-1-1 05</c>, <c>2030-01-01T05:30:00.25+02:00</c>, <c>20300101T053000Z</c>; what is left out is the first or zero. Digits
/// alone are a number and no date.
/// </remarks>
internal static partial class IsoInstant
{
    /// <param name="instant">In UTC, which it is where no offset says otherwise; whole seconds, for a fraction falls away.</param>
    /// <returns>False for everything that is no instant of the years 1 to 9999.</returns>
    public static bool TryRead(string text, out DateTimeOffset? instant)
    {
        instant = null;
        if (text.AsSpan().ContainsAnyExceptInRange('0', '9') && Shape().Match(text) is { Success: true } match)
            instant = Instant(match.Groups);

        return instant is not null;
    }

    private static DateTimeOffset? Instant(GroupCollection parts)
    {
        var (year, month, day) = (Number("year", 1), Number("month", 1), Number("day", 1));
        var (hour, minute, second) = (Number("hour", 0), Number("minute", 0), Number("second", 0));
        var (hours, minutes) = (Number("hours", 0), Number("minutes", 0));
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59 || hours > 23 || minutes > 59)
            return null;

        var local = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks;
        var offset = new TimeSpan(hours, minutes, 0).Ticks;
        var ticks = parts["sign"].ValueSpan is "-" ? local + offset : local - offset;
        return ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks ? null : new(ticks, TimeSpan.Zero);

        int Number(string part, int absent) =>
            parts[part] is { Success: true } given ? int.Parse(given.ValueSpan, CultureInfo.InvariantCulture) : absent;
    }

    [GeneratedRegex("""
        \A (?<year>[0-9]{4})
        (?: - (?<month>[0-9]{1,2}) (?: - (?<day>[0-9]{1,2}) | \z ) | (?<month>[0-9]{2}) (?<day>[0-9]{2}) )
        (?: [ T] (?<hour>[0-9]{2}) (?: :? (?<minute>[0-9]{2}) (?: :? (?<second>[0-9]{1,2}) (?: [.,][0-9]+ )? )? )?
            (?: Z | (?<sign>[+-]) (?<hours>[0-9]{2}) (?: :? (?<minutes>[0-9]{2}) )? )? )? \z
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Shape();
}
