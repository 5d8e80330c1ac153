using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.FileProviders.Physical;
using Microsoft.Extensions.Primitives;
using Zaqar.Api.Requests;
using Zaqar.Api.Settings;

namespace Zaqar.Api.Policies;

/// <summary>The operator's policy file: judged when the service starts, and again whenever it changes.</summary>
/// <remarks>
/// At the start an invalid file keeps the service from starting. Later on it is kept out: the rules that were there go on, one error in the log says
/// why, and the node stays ready. That holds for a file that vanishes too, for the defaults would open what it had closed.
/// </remarks>
internal sealed partial class PolicyFile : IDisposable
{
    // An editor may write in several pieces.
    private static readonly TimeSpan _settling = TimeSpan.FromMilliseconds(500);

    private readonly ILogger<PolicyFile> _log;
    private readonly string _path;
    private readonly Lock _reading = new();
    private readonly PhysicalFileProvider _directory;
    private readonly Timer _settled;
    private readonly IDisposable _watch;
    private string? _judged;

    /// <exception cref="SettingInvalidException">The file is invalid, or not there though the setting names it.</exception>
    public PolicyFile(ServiceSettings settings, IHostEnvironment host, ILogger<PolicyFile> log)
    {
        _log = log;
        var isNamed = settings.Policy.File is { Length: > 0 };
        _path = Path.GetFullPath(isNamed ? settings.Policy.File! : PolicySettings.DefaultFile, host.ContentRootPath);
        if (isNamed && !File.Exists(_path))
            throw new SettingInvalidException($"Zaqar:Policy:File names {_path}, which there is not.");

        // By looking every few seconds: events of the file system do not come from all mounts, and not when a link is turned to another file.
        _directory = new(Path.GetDirectoryName(_path)!, ExclusionFilters.None) { UsePollingFileWatcher = true, UseActivePolling = true };
        _settled = new(_ => Reload());
        _watch = ChangeToken.OnChange(() => _directory.Watch(Path.GetFileName(_path)), () => _settled.Change(_settling, Timeout.InfiniteTimeSpan));

        try
        {
            lock (_reading)
                Policy = new(isNamed || File.Exists(_path) ? Judge(_judged = File.ReadAllText(_path)) : PolicyRules.Default);
        }
        catch (Exception refusal) when (refusal is PolicyInvalidException or IOException or UnauthorizedAccessException)
        {
            Dispose();
            throw new SettingInvalidException($"The policy file {_path} cannot be taken: {refusal.Message}", refusal);
        }
    }

    /// <summary>What the file says now.</summary>
    public Policy Policy { get; }

    public void Dispose()
    {
        _watch.Dispose();
        _settled.Dispose();
        _directory.Dispose();
    }

    private void Reload()
    {
        lock (_reading)
        {
            try
            {
                var text = File.ReadAllText(_path);
                if (text == _judged)
                    return;

                _judged = text;
                Policy.Become(Judge(text));
            }
            catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
            {
                _judged = null;
                LogKeptOut(_log, _path, refusal.Message);
            }
            catch (PolicyInvalidException refusal)
            {
                LogKeptOut(_log, _path, refusal.Message);
            }
        }
    }

    private PolicyRules Judge(string text)
    {
        var written = PolicyDocument.Read(text, Warn);
        var rules = PolicyRules.With(written, Warn);
        LogTaken(_log, _path, written.Count);
        return rules;

        void Warn(string warning) => LogSuspicious(_log, _path, warning);
    }

    [LoggerMessage(121, LogLevel.Information, "The policy is that of {File} with {Count} rules, and the defaults for all others.")]
    private static partial void LogTaken(ILogger log, string file, int count);

    [LoggerMessage(122, LogLevel.Warning, "Policy file {File}, {Warning}")]
    private static partial void LogSuspicious(ILogger log, string file, string warning);

    [LoggerMessage(123, LogLevel.Error, "The policy file {File} has changed and cannot be taken; the rules that were there go on. {Reason}")]
    private static partial void LogKeptOut(ILogger log, string file, string reason);
}
