using Microsoft.Extensions.DependencyInjection;

namespace Zaqar.Integration.Moving;

/// <summary>A service's parts by their types.</summary>
internal static class Parts
{
    internal static TPart Of<TPart>(ZaqarService service) where TPart : notnull => service.Services.GetRequiredService<TPart>();
}
