namespace Engine.Pipeline.Data;

/// <summary>The folder in which a user's models and weights have names.</summary>
internal static class UserModels
{
    /// <summary>
    /// The folder named by the environment variable <c>ENGINE_MODELS</c>, otherwise <c>engine/models</c> in the user's data
    /// folder. It need not exist.
    /// </summary>
    public static string Folder
    {
        get
        {
            if (Environment.GetEnvironmentVariable("ENGINE_MODELS") is { Length: > 0 } chosen) return Path.GetFullPath(chosen);
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            var data = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Application Support")
                : Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { } xdg && Path.IsPathRooted(xdg) ? xdg
                : Path.Combine(home, ".local", "share");
            return Path.Combine(data, "engine", "models");
        }
    }
}
