using Xunit;
using Zaqar.Integration.Clients;

namespace Zaqar.Integration.Cloud;

/// <summary>A test in front of a real Keystone, with the clients of a real cloud.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CloudFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> _missing = new(() =>
        PythonModules.Missing("keystone", "python3-keystone") ?? PythonModules.Missing("openstackclient", "python3-openstackclient")
        ?? PythonModules.Missing("zaqarclient", "python3-zaqarclient") ?? PythonModules.Missing("openstack", "python3-openstacksdk"));

    public CloudFactAttribute() => Skip = Missing!;

    /// <summary>Why there is no cloud; null where there is one.</summary>
    internal static string? Missing => _missing.Value;
}

/// <summary>The same, of which each row of data is a test.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CloudTheoryAttribute : TheoryAttribute
{
    public CloudTheoryAttribute() => Skip = CloudFactAttribute.Missing!;
}
