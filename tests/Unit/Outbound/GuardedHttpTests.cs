using System.Diagnostics;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FluentAssertions;
using Xunit;
using Zaqar.Infrastructure.Outbound;

namespace Zaqar.Unit.Outbound;

public class GuardedHttpTests
{
    private static readonly AddressPolicy _loopbackOpened = new OutboundSettings { AllowedNetworks = ["127.0.0.0/8"] }.ToPolicy();

    [Theory]
    [InlineData("http://8.8.8.8/", "8.8.8.8:80"), InlineData("http://public.example.com:8080/", "93.184.216.34:8080"), InlineData("http://134744072/", "8.8.8.8:80")]
    [InlineData("http://[2606:4700:4700::1111]/", "[2606:4700:4700::1111]:80"), InlineData("http://[::ffff:8.8.8.8]/", "8.8.8.8:80")]
    public async Task a_public_target_is_connected_to(string target, string address)
    {
        using var server = LoopbackServer.Answering("200 OK");
        var recorder = new ConnectRecorder { Server = server.Address };
        using var client = GuardedHttp.Create(AddressPolicy.PublicOnly, resolve: recorder.Resolver(["93.184.216.34"]), dial: recorder.Dial);

        using var response = await client.PostAsync(new Uri(target), new StringContent("{}"));

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        recorder.Dialled.Should().Equal(address);
    }

    [Fact]
    public async Task a_refusal_is_found_behind_the_failed_request()
    {
        using var client = GuardedHttp.Create(AddressPolicy.PublicOnly);

        var send = () => client.GetAsync(new Uri("http://127.0.0.1:9/secret?key=hunter2"));

        var failed = (await send.Should().ThrowAsync<HttpRequestException>()).Which;
        OutboundRefusedException.Behind(failed)!.Reason.Should().Be("the host 127.0.0.1 is a loopback address");
        failed.Message.Should().NotContainAny("secret", "hunter2");
        OutboundRefusedException.Behind(new HttpRequestException("other")).Should().BeNull();
    }

    [Fact]
    public async Task a_redirect_is_not_followed_by_itself_and_its_target_is_refused_by_text_and_by_address()
    {
        using var server = LoopbackServer.Answering("307 Temporary Redirect\r\nLocation: http://inside.example.com/x\r\nContent-Length: 0\r\n\r\n");
        var recorder = new ConnectRecorder { Server = server.Address };
        using var client = GuardedHttp.Create(
            AddressPolicy.PublicOnly, resolve: recorder.Resolver(["93.184.216.34"], ["10.0.0.1"]), dial: recorder.Dial);
        var target = new Uri("http://public.example.com/");

        using var response = await client.PostAsync(target, new StringContent("{}"));
        response.StatusCode.Should().Be(HttpStatusCode.TemporaryRedirect);
        var hop = Redirects.Next(target, HttpMethod.Post, response.StatusCode, response.Headers.Location, 0, AddressPolicy.PublicOnly)!;
        var follow = () => client.PostAsync(hop.Target, new StringContent("{}"));

        OutboundRefusedException.Behind((await follow.Should().ThrowAsync<HttpRequestException>()).Which).Should().NotBeNull();
        recorder.Dialled.Should().Equal("93.184.216.34:80");
    }

    [Theory, InlineData("/x?y", "http://93.184.216.34/x?y"), InlineData("//8.8.8.8/x", "http://8.8.8.8/x"), InlineData("//10.0.0.1/x", null)]
    public async Task a_location_is_read_as_the_client_gives_it(string location, string? next)
    {
        using var server = LoopbackServer.Answering($"308 Permanent Redirect\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
        var recorder = new ConnectRecorder { Server = server.Address };
        using var client = GuardedHttp.Create(AddressPolicy.PublicOnly, dial: recorder.Dial);
        var target = new Uri("http://93.184.216.34/");

        using var response = await client.PostAsync(target, new StringContent("{}"));
        var hop = () => Redirects.Next(target, HttpMethod.Post, response.StatusCode, response.Headers.Location, 0, AddressPolicy.PublicOnly);

        if (next is null)
            hop.Should().Throw<OutboundRefusedException>();
        else
            hop()!.Target.AbsoluteUri.Should().Be(next);
    }

    [Fact]
    public async Task a_connection_is_given_up_in_time_for_new_addresses_to_be_judged()
    {
        using var server = LoopbackServer.Answering("200 OK");
        var recorder = new ConnectRecorder { Server = server.Address };
        using var client = GuardedHttp.Create(AddressPolicy.PublicOnly, new() { ConnectionLifetime = TimeSpan.Zero },
            recorder.Resolver(["93.184.216.34"], ["192.168.0.1"]), recorder.Dial);
        var target = new Uri("http://rebinding.example.com/");

        (await client.GetAsync(target)).Dispose();
        var again = () => client.GetAsync(target);

        OutboundRefusedException.Behind((await again.Should().ThrowAsync<HttpRequestException>()).Which).Should().NotBeNull();
        recorder.Dialled.Should().Equal("93.184.216.34:80");
        new OutboundBounds().ConnectionLifetime.Should().BeLessThanOrEqualTo(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task an_https_target_that_cannot_be_connected_to_is_given_up_in_time()
    {
        using var server = LoopbackServer.Answering("200 OK");
        var recorder = new ConnectRecorder { Server = server.Address, Silent = { "8.8.8.8" } };
        using var client = GuardedHttp.Create(AddressPolicy.PublicOnly, new() { ConnectTimeout = TimeSpan.FromMilliseconds(100) }, dial: recorder.Dial);

        var send = () => client.GetAsync(new Uri("https://8.8.8.8/"));

        await send.Should().ThrowAsync<Exception>().Where(failed => failed is HttpRequestException || failed is TaskCanceledException);
    }

    [Fact]
    public async Task cookies_encodings_and_traces_are_not_sent_and_proxies_are_not_asked()
    {
        using var proxy = LoopbackServer.Answering("200 OK");
        using var server = LoopbackServer.Answering("200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n");
        var before = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new WebProxy($"http://{proxy.Address}");
        try
        {
            using var client = GuardedHttp.Create(_loopbackOpened);
            using var activity = new Activity("delivery").SetIdFormat(ActivityIdFormat.W3C).Start();

            (await client.GetAsync(Target(server))).Dispose();
            (await client.GetAsync(Target(server))).Dispose();
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }

        proxy.Connections.Should().Be(0);
        server.Requests.Should().HaveCount(2).And.AllSatisfy(request =>
            request.Should().NotContainAny("Cookie", "Accept-Encoding", "traceparent", "Request-Id", "User-Agent"));
    }

    [Theory, InlineData("3.0"), InlineData("2.0")]
    public async Task a_request_for_another_version_goes_over_the_guarded_connection_all_the_same(string version)
    {
        using var server = LoopbackServer.Answering("200 OK");
        using var client = GuardedHttp.Create(_loopbackOpened);
        using var request = new HttpRequestMessage(HttpMethod.Get, Target(server))
        {
            Version = Version.Parse(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var response = await client.SendAsync(request);

        response.Version.Should().Be(HttpVersion.Version11);
        server.Requests.Should().ContainSingle().Which.Should().StartWith("GET / HTTP/1.1\r\n");
    }

    [Fact]
    public async Task a_compressed_body_stays_compressed()
    {
        using var server = LoopbackServer.Answering("200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc");
        using var client = GuardedHttp.Create(_loopbackOpened);

        (await client.GetStringAsync(Target(server))).Should().Be("abc");
    }

    [Fact]
    public async Task too_many_response_headers_fail()
    {
        using var server = LoopbackServer.Answering($"200 OK\r\nX-Long: {new string('x', 20_000)}\r\nContent-Length: 0\r\n\r\n");
        using var client = GuardedHttp.Create(_loopbackOpened);

        var get = () => client.GetAsync(Target(server));

        (await get.Should().ThrowAsync<HttpRequestException>()).Which.HttpRequestError.Should().Be(HttpRequestError.ConfigurationLimitExceeded);
    }

    [Fact]
    public async Task a_body_too_long_to_buffer_fails()
    {
        using var server = LoopbackServer.Answering($"200 OK\r\nContent-Length: 70000\r\n\r\n{new string('x', 70_000)}");
        using var client = GuardedHttp.Create(_loopbackOpened);

        var get = () => client.GetAsync(Target(server));

        (await get.Should().ThrowAsync<HttpRequestException>()).Which.HttpRequestError.Should().Be(HttpRequestError.ConfigurationLimitExceeded);
    }

    [Fact]
    public async Task a_certificate_is_verified_and_makes_nobody_fetch_anything()
    {
        using var issuers = LoopbackServer.Answering("404 Not Found");
        using var certificate = CertificatePointingTo(issuers.Address);
        using var server = LoopbackServer.WithTls(certificate);
        using var client = GuardedHttp.Create(_loopbackOpened);

        var get = () => client.GetAsync(new Uri($"https://{server.Address}/"));

        (await get.Should().ThrowAsync<HttpRequestException>()).WithInnerException<AuthenticationException>();
        server.Connections.Should().Be(1);
        server.Requests.Should().BeEmpty();
        issuers.Connections.Should().Be(0);
    }

    private static Uri Target(LoopbackServer server) => new($"http://{server.Address}/");

    /// <summary>Issued by an unknown authority, which the certificate says can be fetched, with its list of revocations, from an address of its choice.</summary>
    private static X509Certificate2 CertificatePointingTo(IPEndPoint address)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var issuer = new X500DistinguishedName("CN=Unknown authority");

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([$"http://{address}/ocsp"], [$"http://{address}/issuer.crt"]));
        request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([$"http://{address}/list.crl"]));

        using var signed = request.Create(
            issuer, X509SignatureGenerator.CreateForECDsa(issuerKey), now.AddDays(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(8));
        using var withKey = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }
}
