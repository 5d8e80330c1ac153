using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Zaqar.Api.Responses;
using Zaqar.Application.Identity;
using Zaqar.Infrastructure.Identity;

namespace Zaqar.Api.Authentication;

/// <summary>Knows clients by the token in <c>X-Auth-Token</c>, which Keystone judges.</summary>
/// <remarks>
/// It reads no other header: who a client is, in which project and with which roles, is what Keystone says of the token. Two tokens are none.
/// Source: API contract, section 9.1.
/// </remarks>
internal sealed class KeystoneAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ITokens tokens, KeystoneSettings keystone)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The scheme's.</summary>
    public const string Name = "Keystone";

    // To the letter, for clients of Keystone read it.
    private static readonly ReadOnlyMemory<byte> _refusal =
        """{"error": {"code": 401, "title": "Unauthorized", "message": "The request you have made requires authentication."}}"""u8.ToArray();

    /// <exception cref="IdentityUnavailable">Keystone does not say.</exception>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers["X-Auth-Token"] is not [{ Length: > 0 } token])
            return AuthenticateResult.NoResult();

        return await tokens.Validate(token, Context.RequestAborted) is { } identity
            ? AuthenticateResult.Success(new(new ClaimsPrincipal(new TokenIdentity(new(token, identity))), Name))
            : AuthenticateResult.Fail("The token is not valid.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = $"Keystone uri=\"{keystone.ChallengeUri}\"";
        return JsonAnswer.Send(Response, StatusCodes.Status401Unauthorized, _refusal);
    }
}

/// <summary>Whom a token speaks for, as ASP.NET Core's own parts read it.</summary>
internal sealed class TokenIdentity(Trustor trustor) : ClaimsIdentity(
    [new(ClaimTypes.NameIdentifier, trustor.Identity.User), .. trustor.Identity.Roles.Select(role => new Claim(ClaimTypes.Role, role))],
    KeystoneAuthentication.Name)
{
    public Trustor Trustor { get; } = trustor;
}

internal static class KeystoneAuthenticationServices
{
    // Of no scheme: a request is authenticated when it is its turn, after a signature was looked for and only where a token is asked for.
    private const string None = "None";

    public static IServiceCollection AddKeystoneAuthentication(this IServiceCollection services)
    {
        services.AddWebEncoders();
        services.AddTransient<KeystoneAuthentication>();
        return services.AddAuthenticationCore(options =>
        {
            options.AddScheme<KeystoneAuthentication>(KeystoneAuthentication.Name, displayName: null);
            options.DefaultAuthenticateScheme = None;
        });
    }
}
