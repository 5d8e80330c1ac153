using Microsoft.Extensions.DependencyInjection;
using Zaqar.Infrastructure.Committing;

namespace Zaqar.Integration.History;

/// <summary>A service whose segments are closed after ten messages, so that a test sees many.</summary>
public sealed class ShortSegmentsService : ZaqarService
{
    internal const int SegmentLength = 10;

    protected override void Configure(IServiceCollection services) => services.AddSingleton(new CommitterSettings(SegmentLength));
}
