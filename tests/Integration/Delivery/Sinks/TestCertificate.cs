using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Zaqar.Integration.Delivery.Sinks;

/// <summary>The sinks' certificate: in order but for its issuer, whom nobody knows.</summary>
internal static class TestCertificate
{
    public static X509Certificate2 Value { get; } = Create();

    /// <summary>Trusts it, and nothing else.</summary>
    public static RemoteCertificateValidationCallback Trusted { get; } =
        (_, certificate, _, _) => certificate is not null && certificate.GetCertHashString() == Value.GetCertHashString();

    private static X509Certificate2 Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
