using System.Text;

namespace Zaqar.Infrastructure.Postgres;

/// <summary>
/// What the server says, in a file of at most 8 MiB and one predecessor (<c>.1</c>). Holds no statements and no data:
/// <see cref="ServerSettings"/> keeps them out.
/// </summary>
internal sealed class ServerLog(string path) : IDisposable
{
    private const int FileBytesMax = 8 * 1024 * 1024;
    private const int LinesKept = 20;

    private readonly Lock _gate = new();
    private readonly Queue<string> _last = new(LinesKept);
    private FileStream? _file = Open(path);

    /// <summary>Adds a line; null, the end of the stream, adds nothing.</summary>
    public void Write(string? line)
    {
        if (line is null)
            return;
        lock (_gate)
        {
            if (_last.Count == LinesKept)
                _last.Dequeue();
            _last.Enqueue(line);

            if (_file?.Length > FileBytesMax)
            {
                _file.Dispose();
                File.Move(path, path + ".1", overwrite: true);
                _file = Open(path);
            }
            _file?.Write(Encoding.UTF8.GetBytes(line + "\n"));
        }
    }

    public string LastLines()
    {
        lock (_gate)
            return _last.Count == 0 ? "(none)" : string.Join('\n', _last);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private static FileStream Open(string path) =>
        new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
}
