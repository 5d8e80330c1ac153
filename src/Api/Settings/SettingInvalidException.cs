namespace Zaqar.Api.Settings;

/// <summary>A setting has a value that the service cannot start with; the message names the setting, the value and the bound.</summary>
public sealed class SettingInvalidException(string message, Exception? cause = null) : Exception(message, cause);
