using Xunit;

namespace Zaqar.Integration.Http;

/// <summary>The tests of the HTTP transport share one service and run one after another; each has a project of its own.</summary>
[CollectionDefinition(Name)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "xunit's word.")]
public sealed class HttpCollection : ICollectionFixture<ZaqarService>
{
    public const string Name = "HTTP";
}
