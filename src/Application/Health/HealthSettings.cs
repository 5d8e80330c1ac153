namespace Zaqar.Application.Health;

/// <summary>How checks of health are made.</summary>
public sealed record HealthSettings
{
    /// <summary>How long a check takes at most; what has not succeeded by then has failed. 10 seconds.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(10);
}
