using Xunit;
using Zaqar.Integration.Clients;

namespace Zaqar.Integration.Delivery;

/// <summary>A test that lets Python's standard library judge.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute() => Skip = File.Exists(PythonModules.Python) ? null! : $"There is no {PythonModules.Python}.";
}
