using System.Buffers;
using System.IO.Pipelines;
using Zaqar.Api.Errors;
using Zaqar.Domain;

namespace Zaqar.Api.Requests;

/// <summary>Reads a request's whole body, bounded, into memory of its own that may outlive the request.</summary>
internal static class RequestBody
{
    /// <param name="max">Bytes; exactly as many still pass.</param>
    /// <param name="tooLarge">The sort of refusal for more. A length that is announced is judged before anything is read.</param>
    /// <returns>Empty without a body.</returns>
    /// <exception cref="BodyTooLarge">More than <paramref name="max"/> bytes.</exception>
    /// <exception cref="BadHttpRequestException">Badly chunked, or cut off.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> Read(HttpContext context, int max, ErrorKind tooLarge)
    {
        var announced = context.Request.ContentLength;
        if (announced > max)
            throw new BodyTooLarge(max, tooLarge);

        if (announced == 0)
            return default;

        // The server's own buffers hold what has come so far: memory grows with what a client sends, not with what it announces.
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await Next(reader);
            var bytes = read.Buffer;
            if (bytes.Length > max)
            {
                reader.AdvanceTo(bytes.End);
                throw new BodyTooLarge(max, tooLarge);
            }

            if (read.IsCompleted)
            {
                var body = bytes.ToArray();
                reader.AdvanceTo(bytes.End);
                return body;
            }

            reader.AdvanceTo(bytes.Start, bytes.End);
        }
    }

    private static async ValueTask<ReadResult> Next(PipeReader reader)
    {
        try
        {
            return await reader.ReadAsync();
        }
        catch (IOException cause) when (cause is not BadHttpRequestException)
        {
            // The server says of some bad chunks that they are the client's fault, and of others, such as overflowing sizes, only this.
            throw new BadHttpRequestException("The body could not be read.", cause);
        }
    }
}
