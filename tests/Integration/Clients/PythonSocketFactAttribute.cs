using Xunit;

namespace Zaqar.Integration.Clients;

/// <summary>A test that drives WebSocket clients as Debian ships them: python-zaqarclient's transport, python3-websocket, and python3-msgpack for binary frames.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonSocketFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> _missing = new(() =>
        PythonModules.Missing("zaqarclient", "python3-zaqarclient") ?? PythonModules.Missing("websocket", "python3-websocket")
        ?? PythonModules.Missing("msgpack", "python3-msgpack"));

    public PythonSocketFactAttribute() => Skip = _missing.Value!;
}
