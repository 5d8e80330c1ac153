using System.Buffers;
using Zaqar.Infrastructure.Outbound;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>Posts a request, follows where it is sent, and says what the answer means.</summary>
/// <param name="http">Follows no redirects and keeps no cookies by itself, and judges every address before it connects: <see cref="GuardedHttp"/>.</param>
/// <param name="policy">What redirects are judged by.</param>
/// <remarks>
/// <para>
/// All of it, redirects and the answer's body included, within one time-out. <see cref="Redirects"/> are followed as far as the guard says.
/// </para>
/// <para>
/// The answer: 2xx, or a 3xx that leads nowhere, is delivered; 410 ends the subscription; 408, 429 and 5xx are to be tried again, as is whatever
/// keeps us from an answer; all others refuse. Its body is read, to a bound, only so that the connection may be used again.
/// </para>
/// Source: API contract, sections 8.2 and 8.6.
/// </remarks>
internal sealed class WebhookSender(HttpClient http, AddressPolicy policy, NotificationSettings settings, TimeProvider time)
{
    /// <summary>Makes one attempt.</summary>
    /// <param name="target">An http or https URI.</param>
    /// <param name="token">What the receiver knows the owner by; null: nothing.</param>
    /// <exception cref="UndeliverableException">The options do not make a request.</exception>
    /// <exception cref="OperationCanceledException">As <see cref="IDriver.Send"/>.</exception>
    public async Task<Outcome> Send(Uri target, Notice notice, DeliveryOptions options, string? token, CancellationToken ct)
    {
        var request = WebhookRequest.Of(notice, options, token, time.GetUtcNow());
        using var timeout = new CancellationTokenSource(settings.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            return await Follow(request, target, both.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new Outcome.TryAgain(timeout.IsCancellationRequested
                ? $"No answer came within {settings.Timeout.TotalSeconds:0.###} seconds."
                : "No connection to the subscriber could be made in time.");
        }
        catch (Exception failure) when (OutboundRefusedException.Behind(failure) is { } refused)
        {
            return new Outcome.Refused(refused.Message);
        }
        catch (HttpRequestException failure)
        {
            return new Outcome.TryAgain(ReasonOf(failure));
        }
    }

    private async Task<Outcome> Follow(WebhookRequest request, Uri target, CancellationToken ct)
    {
        var (method, withBody, withSecrets) = (HttpMethod.Post, true, true);
        for (var hops = 0; ; hops++)
        {
            using var message = request.To(target, method, withBody, withSecrets);
            using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, ct);
            await Drain(response, ct);
            if (Redirects.Next(target, method, response.StatusCode, response.Headers.Location, hops, policy) is not { } hop)
                return Judge(response);

            (target, method) = (hop.Target, hop.Method);
            withBody &= hop.KeepsBody;
            withSecrets &= hop.SameOrigin;
        }
    }

    // The status has been said: whatever becomes of the rest, even at our own end, changes nothing.
    private async Task Drain(HttpResponseMessage response, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(ct);
            for (var left = settings.MaxResponseBytes; left > 0;)
            {
                var read = await body.ReadAsync(buffer.AsMemory(0, Math.Min(left, buffer.Length)), ct);
                if (read == 0)
                    return;
                left -= read;
            }
        }
        catch (Exception cut) when (cut is IOException or HttpRequestException or OperationCanceledException)
        {
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private Outcome Judge(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        return status switch
        {
            < 400 => new Outcome.Delivered(status),
            410 => new Outcome.Gone(),
            429 or 503 => new Outcome.TryAgain($"The subscriber answered {status}.", status, RetryAfter.Of(response.Headers, time.GetUtcNow())),
            408 or >= 500 => new Outcome.TryAgain($"The subscriber answered {status}.", status),
            _ => new Outcome.Refused($"The subscriber answered {status}.", status),
        };
    }

    // The client's own sentences name addresses, which are not for the owner of a subscription to learn.
    private static string ReasonOf(HttpRequestException failure) => failure.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "The subscriber's host name could not be looked up.",
        HttpRequestError.ConnectionError => "No connection to the subscriber could be made.",
        HttpRequestError.SecureConnectionError => "No trusted TLS connection to the subscriber could be made.",
        HttpRequestError.InvalidResponse => "The subscriber answered something else than HTTP.",
        HttpRequestError.ResponseEnded => "The subscriber closed the connection before it had answered.",
        HttpRequestError.ConfigurationLimitExceeded => "The subscriber's answer has too long headers.",
        _ => "The connection to the subscriber broke.",
    };
}
