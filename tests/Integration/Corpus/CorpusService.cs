using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Zaqar.Integration.Corpus;

/// <summary>A service with all of its operations, whose errors are heard. It tells no subscribers: those of the corpus are nobody's.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "It goes with the service, as xunit ends that.")]
public class CorpusService : ZaqarService
{
    private readonly ErrorLog _log = new();

    public IReadOnlyCollection<string> Errors => _log.Errors;

    protected override IReadOnlyList<string> Settings =>
        ["--Zaqar:AdminMode=true", "--Zaqar:SignedUrl:SecretKey=the-secret-of-the-corpus", "--Zaqar:Notification:Enabled=false"];

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _log.Dispose();
    }

    protected override void Configure(IServiceCollection services) => services.AddSingleton<ILoggerProvider>(_log);
}
