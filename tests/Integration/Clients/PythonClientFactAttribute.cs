using Xunit;

namespace Zaqar.Integration.Clients;

/// <summary>A test that drives python-zaqarclient as Debian ships it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonClientFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> _missing = new(() => PythonModules.Missing("zaqarclient", "python3-zaqarclient"));

    public PythonClientFactAttribute() => Skip = _missing.Value!;
}
