using Xunit;

namespace Zaqar.Integration.Confirmation;

/// <summary>A test that drives Chromium as Debian ships it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    internal const string Chromium = "/usr/bin/chromium";

    public BrowserFactAttribute() => Skip = File.Exists(Chromium) ? null! : $"There is no {Chromium}. On Debian: apt-get install chromium";
}
