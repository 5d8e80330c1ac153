using Xunit;
using Zaqar.Integration.Clients;

namespace Zaqar.Integration.Policies;

/// <summary>A test that lets oslo.policy judge, as Debian ships it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OsloFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> _missing = new(() => PythonModules.Missing("oslo_policy", "python3-oslo.policy"));

    public OsloFactAttribute() => Skip = _missing.Value!;
}
