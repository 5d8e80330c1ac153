using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Pools;

namespace Zaqar.Unit.Pools;

public sealed class PoolUriTests
{
    [Theory]
    [InlineData("postgresql://u:p@db/zaqar", "db", 5432, "zaqar", "u", "p")]
    [InlineData("postgres://u@db/zaqar", "db", 5432, "zaqar", "u", null)]
    [InlineData("POSTGRESQL://u@DB.Example./zaqar", "db.example", 5432, "zaqar", "u", null)]
    [InlineData("postgresql://u:p@db:6432/zaqar", "db", 6432, "zaqar", "u", "p")]
    [InlineData("postgresql://u:p@10.0.0.1/zaqar", "10.0.0.1", 5432, "zaqar", "u", "p")]
    [InlineData("postgresql://u:p@[FE80::0:1]:6432/zaqar", "fe80::1", 6432, "zaqar", "u", "p")]
    [InlineData("postgresql://u:p@[::1]/zaqar", "::1", 5432, "zaqar", "u", "p")]
    [InlineData("postgresql://u%40x:p%3A%2f%40%3f@db/a%20b", "db", 5432, "a b", "u@x", "p:/@?")]
    [InlineData("postgresql://u:a:b@db/zaqar", "db", 5432, "zaqar", "u", "a:b")]
    [InlineData("postgresql://u:p%C3%A4ss@db/zaqar", "db", 5432, "zaqar", "u", "päss")]
    [InlineData("postgresql://u:p;Host=evil@db/zaqar", "db", 5432, "zaqar", "u", "p;Host=evil")]
    [InlineData("postgresql://u@/zaqar?host=/run/postgresql", "/run/postgresql", 5432, "zaqar", "u", null)]
    [InlineData("postgresql://u@/zaqar?host=%2Frun%2Fpostgresql%2F&port=6432", "/run/postgresql", 6432, "zaqar", "u", null)]
    [InlineData("postgresql://u@%2Frun%2Fpostgresql:6432/zaqar", "/run/postgresql", 6432, "zaqar", "u", null)]
    public void its_parts_are_read(string text, string host, int port, string database, string user, string? password)
    {
        var uri = PoolUri.Parse(text);

        (uri.Host, uri.Port, uri.Database, uri.User, uri.Password).Should().Be((host, port, database, user, password));
        uri.Target.Should().Be($"{host}:{port}/{database}");
        uri.Text.Should().Be(text);
    }

    [Fact]
    public void its_parameters_are_read()
    {
        var uri = PoolUri.Parse("postgresql://u@db/zaqar?sslmode=verify-full&connect_timeout=3&application_name=a%20pool&password_from=east.1");

        (uri.SslMode, uri.ConnectTimeout, uri.ApplicationName, uri.PasswordFrom, uri.Password).Should().Be(("verify-full", 3, "a pool", "east.1", null));
    }

    [Theory]
    [InlineData("postgresql://u:secret@db:1/zaqar?sslmode=require", "postgresql://u:***@db:1/zaqar?sslmode=require")]
    [InlineData("postgresql://secret:secret@secret/secret", "postgresql://secret:***@secret/secret")]
    [InlineData("postgresql://u:%2A%2A%2A@db/zaqar", "postgresql://u:***@db/zaqar")]
    [InlineData("postgresql://u@db/zaqar", "postgresql://u@db/zaqar")]
    public void its_password_is_not_shown(string text, string shown)
    {
        var uri = PoolUri.Parse(text);

        uri.Shown.Should().Be(shown);
        uri.ToString().Should().Be(shown);
        uri.IsMasked.Should().BeFalse();
        PoolUri.Parse(shown).IsMasked.Should().Be(shown.Contains("***", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("mongodb://u:hunter2@db/zaqar"), InlineData("redis://:hunter2@db:6379"), InlineData("swift://u:hunter2@/demo"), InlineData("sqlite:///hunter2")]
    [InlineData("mysql+pymysql://u:hunter2@db/zaqar"), InlineData("http://u:hunter2@db/zaqar"), InlineData("postgresql+asyncpg://u:hunter2@db/zaqar")]
    [InlineData("postgresql:u:hunter2@db/zaqar"), InlineData("postgresql:/u:hunter2@db/zaqar"), InlineData("//u:hunter2@db/zaqar"), InlineData("hunter2"), InlineData("")]
    [InlineData("Host=db;Database=zaqar;Username=u;Password=hunter2"), InlineData(" postgresql://u:hunter2@db/zaqar"), InlineData("file:///hunter2"), InlineData("://hunter2")]
    public void other_stores_are_refused(string text) => Refused(text);

    [Theory]
    [InlineData("postgresql://"), InlineData("postgresql://db"), InlineData("postgresql://db/zaqar"), InlineData("postgresql://u:hunter2@db"), InlineData("postgresql://u:hunter2@db/")]
    [InlineData("postgresql://u:hunter2@db?sslmode=require"), InlineData("postgresql://@db/zaqar"), InlineData("postgresql://:hunter2@db/zaqar"), InlineData("postgresql://u:@db/zaqar")]
    [InlineData("postgresql://u:hunter2@/zaqar"), InlineData("postgresql://u:hun@ter2@db/zaqar"), InlineData("postgresql://u:hun/ter2@db/zaqar"), InlineData("postgresql://u:hun?ter2@db/zaqar")]
    [InlineData("postgresql://u:hun#ter2@db/zaqar"), InlineData("postgresql://u:hunter2@db/zaqar#x"), InlineData("postgresql://u:hunter2@db/a/b"), InlineData("postgresql://u:hunter2@db//")]
    [InlineData("postgresql://u:hunter2@db:/zaqar"), InlineData("postgresql://u:hunter2@db:0/zaqar"), InlineData("postgresql://u:hunter2@db:65536/zaqar"), InlineData("postgresql://u:hunter2@db:-1/zaqar")]
    [InlineData("postgresql://u:hunter2@db:5432x/zaqar"), InlineData("postgresql://u:hunter2@db: 5432/zaqar"), InlineData("postgresql://u:hunter2@db:+1/zaqar"), InlineData("postgresql://u:hunter2@a,b/zaqar")]
    [InlineData("postgresql://u:hunter2@a:1,b:2/zaqar"), InlineData("postgresql://u:hunter2@[::1/zaqar"), InlineData("postgresql://u:hunter2@::1/zaqar"), InlineData("postgresql://u:hunter2@[10.0.0.1]/zaqar")]
    [InlineData("postgresql://u:hunter2@[fe80::1%25eth0]/zaqar"), InlineData("postgresql://u:hunter2@db%2Fx/zaqar"), InlineData("postgresql://u:hunter2@@db/zaqar"), InlineData("postgresql://u:hunter2@d b/zaqar")]
    [InlineData("postgresql://u:hunter2@db;Port=1/zaqar"), InlineData("postgresql://u:hunter2@db/zaqar\n"), InlineData("postgresql://u:hunter2\0@db/zaqar"), InlineData("postgresql://u:hünter2@db/zaqar")]
    public void what_is_no_uri_of_a_database_is_refused(string text) => Refused(text);

    [Theory]
    [InlineData("%"), InlineData("%4"), InlineData("%zz"), InlineData("%00"), InlineData("%0a"), InlineData("%7f"), InlineData("%ff"), InlineData("%c0%af"), InlineData("%ed%a0%80"), InlineData("%c3")]
    public void bad_encodings_are_refused_wherever_they_stand(string bad)
    {
        Refused($"postgresql://u{bad}:hunter2@db/zaqar");
        Refused($"postgresql://u:hunter2{bad}@db/zaqar");
        Refused($"postgresql://u:hunter2@db{bad}/zaqar");
        Refused($"postgresql://u:hunter2@db/zaqar{bad}");
        Refused($"postgresql://u:hunter2@/zaqar?host=/run{bad}");
        Refused($"postgresql://u:hunter2@db/zaqar?application_name=x{bad}");
    }

    [Theory]
    [InlineData("password=hunter2"), InlineData("passfile=/hunter2"), InlineData("user=x"), InlineData("dbname=x"), InlineData("options=-c%20search_path%3Dx"), InlineData("sslkey=/x")]
    [InlineData("sslmode="), InlineData("sslmode=REQUIRE"), InlineData("sslmode=none"), InlineData("sslmode"), InlineData("sslmode=require&sslmode=require"), InlineData("SSLMODE=require")]
    [InlineData("connect_timeout=0"), InlineData("connect_timeout=61"), InlineData("connect_timeout=-1"), InlineData("connect_timeout=x"), InlineData("connect_timeout=99999999999")]
    [InlineData("host=/run"), InlineData("host=other"), InlineData("port=1"), InlineData("application_name="), InlineData("password_from=east"), InlineData("Host=x"), InlineData("x"), InlineData("=x")]
    public void bad_parameters_are_refused(string parameters) => Refused($"postgresql://u:hunter2@db:1/zaqar?{parameters}");

    [Theory]
    [InlineData("host=relative"), InlineData("host=/a,/b"), InlineData("host=/a:1"), InlineData("host="), InlineData("host=//a"), InlineData("host=@abstract"), InlineData("host=/"), InlineData("host=db")]
    [InlineData("host=/a&port=0"), InlineData("host=/a&host=/b"), InlineData("host=/a&password_from="), InlineData("host=/a&password_from=a/b"), InlineData("host=/a&password_from=a:b")]
    public void bad_sockets_and_references_are_refused(string parameters) => Refused($"postgresql://u@/zaqar?{parameters}");

    [Fact]
    public void names_are_as_long_as_the_server_takes_them()
    {
        PoolUri.Parse($"postgresql://u@db/{new string('d', 63)}").Database.Should().HaveLength(63);
        Refused($"postgresql://u@db/{new string('d', 64)}");
        Refused($"postgresql://u@db/{string.Concat(Enumerable.Repeat("%C3%A4", 32))}");
    }

    [Theory]
    [InlineData("postgresql://u:a@DB/zaqar", "postgresql://v:b@db:5432/zaqar?sslmode=require", true)]
    [InlineData("postgresql://u@[::1]/zaqar", "postgres://u@[0:0:0:0:0:0:0:1]:5432/%7Aaqar", true)]
    [InlineData("postgresql://u@/zaqar?host=/run", "postgresql://u@%2frun%2f/zaqar", true)]
    [InlineData("postgresql://u@db/zaqar", "postgresql://u@db/Zaqar", false)]
    [InlineData("postgresql://u@db/zaqar", "postgresql://u@db:5433/zaqar", false)]
    [InlineData("postgresql://u@db/zaqar", "postgresql://u@db2/zaqar", false)]
    public void what_it_points_at_is_compared_and_not_how_it_is_written(string one, string other, bool isSame) =>
        (PoolUri.Parse(one).Target == PoolUri.Parse(other).Target).Should().Be(isSame);

    private static void Refused(string text)
    {
        var parse = () => PoolUri.Parse(text);

        var refusal = parse.Should().ThrowExactly<PoolUriInvalid>(text).Which;
        refusal.Kind.Should().Be(ErrorKind.InvalidBody);
        refusal.Message.Should().NotContain("hunter2").And.NotContain("ter2");
    }
}
