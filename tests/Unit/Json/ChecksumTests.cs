using System.Diagnostics;
using System.Text;
using FluentAssertions;
using Xunit;
using Zaqar.Api.Json;

namespace Zaqar.Unit.Json;

/// <summary>Bodies as Python's json module writes them again, and the checksums over that. The expected texts were made with Python 3.</summary>
public class ChecksumTests
{
    [Theory]
    [InlineData("1", "MD5:c4ca4238a0b923820dcc509a6f75849b")]
    [InlineData("\"p\"", "MD5:562528a52d298ee01c88774cd60969f7")]
    [InlineData("{\"u\": \"é\"}", "MD5:dbe0cce57d14b0b8c16e7e69b60de053")]
    [InlineData("{\"u\":\"\\u00e9\"}", "MD5:dbe0cce57d14b0b8c16e7e69b60de053")]
    public void the_original_servers_checksums(string body, string checksum) => Checksum.Of(Encoding.UTF8.GetBytes(body)).Should().Be(checksum);

    [Fact]
    public void a_null_body_has_no_checksum() => Checksum.Of("null"u8).Should().BeNull();

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("-7", "-7")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    public void integers_stay_as_they_are(string json, string python) => Rewritten(json).Should().Be(python);

    [Theory]
    [InlineData("1.0", "1.0")]
    [InlineData("-0.0", "-0.0")]
    [InlineData("0e0", "0.0")]
    [InlineData("1E5", "100000.0")]
    [InlineData("1e2", "100.0")]
    [InlineData("0.1", "0.1")]
    [InlineData("0.1e1", "1.0")]
    [InlineData("1.10", "1.1")]
    [InlineData("100.25", "100.25")]
    [InlineData("1e15", "1000000000000000.0")]
    [InlineData("9999999999999998.0", "9999999999999998.0")]
    [InlineData("1e16", "1e+16")]
    [InlineData("1e22", "1e+22")]
    [InlineData("1e23", "1e+23")]
    [InlineData("12345678901234567.0", "1.2345678901234568e+16")]
    [InlineData("123456789012345678901234567890.0", "1.2345678901234568e+29")]
    [InlineData("0.0001", "0.0001")]
    [InlineData("0.00012345", "0.00012345")]
    [InlineData("0.00001", "1e-05")]
    [InlineData("1.5e-5", "1.5e-05")]
    [InlineData("1e-100", "1e-100")]
    [InlineData("5e-324", "5e-324")]
    [InlineData("1e-400", "0.0")]
    [InlineData("2.2250738585072014e-308", "2.2250738585072014e-308")]
    [InlineData("1.7976931348623157e308", "1.7976931348623157e+308")]
    [InlineData("9007199254740993.0", "9007199254740992.0")]
    [InlineData("0.30000000000000004", "0.30000000000000004")]
    [InlineData("2.98023223876953125e-08", "2.9802322387695312e-08")]
    [InlineData("4.104536801298376e-289", "4.104536801298376e-289")]
    [InlineData("4.10453680129837625e-289", "4.1045368012983762e-289")]
    public void floats_are_written_as_pythons_repr_does(string json, string python) => Rewritten(json).Should().Be(python);

    [Theory]
    [InlineData("\"\"", "\"\"")]
    [InlineData("\"\\/\"", "\"/\"")]
    [InlineData("\"\\u0022\\u005c\"", "\"\\\"\\\\\"")]
    [InlineData("\"\\u0008\\u000c\\u000a\\u000d\\u0009\"", "\"\\b\\f\\n\\r\\t\"")]
    [InlineData("\"\\u0000\\u001F\\u007F\"", "\"\\u0000\\u001f\\u007f\"")]
    [InlineData("\"\u007f\"", "\"\\u007f\"")]
    [InlineData("\"é中\"", "\"\\u00e9\\u4e2d\"")]
    [InlineData("\"😀\"", "\"\\ud83d\\ude00\"")]
    [InlineData("\"\\uD83D\\uDE00\"", "\"\\ud83d\\ude00\"")]
    [InlineData("\"\\u0041<>&'\"", "\"A<>&'\"")]
    public void strings_are_written_in_ascii(string json, string python) => Rewritten(json).Should().Be(python);

    [Theory]
    [InlineData("[ ]", "[]")]
    [InlineData("{ }", "{}")]
    [InlineData("[1,[2,{}],null,true,false]", "[1, [2, {}], null, true, false]")]
    [InlineData("{\"b\":1,\"a\":[{\"c\":2}]}", "{\"b\": 1, \"a\": [{\"c\": 2}]}")]
    [InlineData("{\"é\":1}", "{\"\\u00e9\": 1}")]
    public void arrays_and_objects_keep_their_order_and_get_pythons_spaces(string json, string python) => Rewritten(json).Should().Be(python);

    [Theory]
    [InlineData("{\"a\":1,\"b\":2,\"a\":3}", "{\"a\": 3, \"b\": 2}")]
    [InlineData("{\"a\":1,\"\\u0061\":2}", "{\"a\": 2}")]
    [InlineData("{\"a\":{\"x\":1},\"b\":0,\"a\":{\"y\":1,\"y\":[2],\"z\":3},\"a\":{\"y\":1,\"y\":[2],\"z\":4}}", "{\"a\": {\"y\": [2], \"z\": 4}, \"b\": 0}")]
    [InlineData("[{\"a\":1,\"a\":2},{\"a\":1,\"a\":2}]", "[{\"a\": 2}, {\"a\": 2}]")]
    public void a_repeated_key_keeps_its_first_place_and_takes_its_last_value(string json, string python) => Rewritten(json).Should().Be(python);

    [Fact]
    public void deep_and_repetitive_bodies_take_no_undue_time()
    {
        var pad = new string('x', 200_000);
        var json = string.Concat(Enumerable.Repeat("{\"a\":0,\"a\":", 500)) + $"\"{pad}\"" + new string('}', 500);

        var start = Stopwatch.GetTimestamp();
        Checksum.Of(Encoding.UTF8.GetBytes(json)).Should().NotBeNull();

        Stopwatch.GetElapsedTime(start).Should().BeLessThan(TimeSpan.FromSeconds(5));
    }

    private static string Rewritten(string json) => Encoding.ASCII.GetString(PythonJson.Rewrite(Encoding.UTF8.GetBytes(json)));
}
