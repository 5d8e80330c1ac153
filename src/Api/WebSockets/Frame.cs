namespace Zaqar.Api.WebSockets;

/// <summary>What one side says at a time: a text frame is JSON, a binary one MessagePack.</summary>
internal readonly record struct Frame(ReadOnlyMemory<byte> Bytes, bool IsBinary);
