using Xunit;

namespace Zaqar.Integration.Postgres;

/// <summary>A test of what root's service does to run a server that refuses root.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = Environment.IsPrivilegedProcess ? null! : "Only root gives up its rights.";
}
