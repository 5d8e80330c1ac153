using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;
using Zaqar.Application.Identity;
using ClientIdentity = Zaqar.Application.Identity.Identity;

namespace Zaqar.Infrastructure.Identity;

/// <summary>Asks Keystone whose a token is, and keeps its word for a short time.</summary>
/// <remarks>
/// <para>
/// Kept by the hash of the token, never the token: that it is valid until <see cref="KeystoneSettings.TokenCacheTime"/> has passed or the token is
/// over, whichever is first; that it is not for ten seconds at most, so that one that is not known everywhere yet soon is. Keystone's own failures
/// are never kept. Simultaneous questions about one token share one.
/// </para>
/// <para>
/// Whatever is not a plain yes or no is <see cref="IdentityUnavailable"/>: trouble never grants, and never tells a client that its good token is bad.
/// Source: ADR 0012.
/// </para>
/// </remarks>
internal sealed class KeystoneTokens(
    KeystoneClient keystone, ServiceToken own, KeystoneSettings settings, TimeProvider time, ILogger<KeystoneTokens> logger) : ITokens, IDisposable
{
    /// <summary>Answers that are kept at most; refusals give way first, so that garbage drives no valid token out.</summary>
    private const int Capacity = 20_000;

    // Fernet tokens have 180 to 260 characters; no server in front of Keystone takes a header longer than this.
    private const int MaxTokenLength = 8_190;

    // So near its end a token could run out under way, or be over by Keystone's clock.
    private static readonly TimeSpan _margin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _longestRefusal = TimeSpan.FromSeconds(10);

    private readonly MemoryCache _answers = new(new MemoryCacheOptions { SizeLimit = Capacity });
    private readonly ConcurrentDictionary<Digest, Lazy<Task<ClientIdentity?>>> _questions = [];

    public async Task<ClientIdentity?> Validate(string token, CancellationToken ct)
    {
        // What no header can carry was never given out.
        if (token.Length is 0 or > MaxTokenLength || token.AsSpan().ContainsAnyExceptInRange('!', '~'))
            return null;

        var digest = Digest.Of(token);
        if (Kept(digest) is { } answer)
            return answer.Identity;

        // Who waits may leave: the question is the others' too.
        return await _questions.GetOrAdd(digest, _ => new(() => Ask(digest, token))).Value.WaitAsync(ct);
    }

    /// <summary>Keeps the answer about a token no longer, for somebody found it untrue.</summary>
    public void Forget(string token) => _answers.Remove(Digest.Of(token));

    public void Dispose() => _answers.Dispose();

    private Answer? Kept(Digest digest) => _answers.TryGetValue(digest, out Answer? answer) && answer!.Until > time.GetUtcNow() ? answer : null;

    private async Task<ClientIdentity?> Ask(Digest digest, string token)
    {
        try
        {
            // The question before this one may have been answered between our look and our turn.
            if (Kept(digest) is { } answer)
                return answer.Identity;

            var identity = Judge(await AskKeystone(token));
            Keep(digest, identity);
            return identity;
        }
        catch (KeystoneUnavailableException)
        {
            // It has been logged with its reason, which is the operator's and not the client's.
            throw new IdentityUnavailable();
        }
        finally
        {
            _questions.TryRemove(digest, out _);
        }
    }

    private async Task<KeystoneAnswer> AskKeystone(string token)
    {
        var login = await own.Get();
        var answer = await keystone.Validate(login.Value, token);
        return answer.Status == HttpStatusCode.Unauthorized
            ? await keystone.Validate((await own.Get(refused: login)).Value, token)
            : answer;
    }

    private ClientIdentity? Judge(KeystoneAnswer answer)
    {
        switch (answer.Status)
        {
            case HttpStatusCode.OK:
                var known = KeystoneToken.Read(answer.Body.Span) ?? throw keystone.Unusable("an answer that is no token");

                // Rules that we cannot keep let nobody in. Keystone does not even tell us of such tokens, for we do not say that we can.
                return known.HasAccessRules || known.ExpiresAt - _margin <= time.GetUtcNow()
                    ? null
                    : new(known.Project, known.User, known.Roles, known.ExpiresAt);
            case HttpStatusCode.NotFound:
                return null;
            case HttpStatusCode.Unauthorized:
                throw keystone.AccountRefused();
            case HttpStatusCode.Forbidden:
                IdentityLog.MayNotValidate(logger, settings.AuthUrl!);
                throw new KeystoneUnavailableException("Keystone does not let the service judge tokens.");
            default:
                throw keystone.Unusable(answer.Status);
        }
    }

    private void Keep(Digest digest, ClientIdentity? identity)
    {
        var now = time.GetUtcNow();
        var longest = identity is null && _longestRefusal < settings.TokenCacheTime ? _longestRefusal : settings.TokenCacheTime;
        var until = identity is not null && identity.ExpiresAt - _margin < now + longest ? identity.ExpiresAt - _margin : now + longest;
        if (until <= now)
            return;

        _answers.Set(digest, new Answer(identity, until), new MemoryCacheEntryOptions
        {
            Size = 1,
            AbsoluteExpirationRelativeToNow = until - now,
            Priority = identity is null ? CacheItemPriority.Low : CacheItemPriority.Normal,
        });
    }

    /// <param name="Identity">Null: not valid.</param>
    private sealed record Answer(ClientIdentity? Identity, DateTimeOffset Until);

    /// <summary>SHA-256 of a token.</summary>
    private readonly record struct Digest(UInt128 High, UInt128 Low)
    {
        public static Digest Of(string token)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
            return new(BinaryPrimitives.ReadUInt128BigEndian(hash), BinaryPrimitives.ReadUInt128BigEndian(hash[16..]));
        }
    }
}
