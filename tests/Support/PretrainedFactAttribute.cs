namespace Engine.Tests.Support;

/// <summary>
/// A test on weights and references of published networks, which the repository does not hold. It runs when the environment
/// variable ENGINE_PRETRAINED names a folder of them; else it is skipped, saying so.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PretrainedFactAttribute : FactAttribute
{
    public PretrainedFactAttribute()
    {
        if (Folder.Length == 0)
            Skip = "needs pre-trained networks: set ENGINE_PRETRAINED to the folder that holds NAME.reference.safetensors";
        else if (!Directory.Exists(Folder)) Skip = $"ENGINE_PRETRAINED names '{Folder}', which is no folder";
    }

    /// <summary>The folder; empty when the variable is not set.</summary>
    public static string Folder { get; } = Environment.GetEnvironmentVariable("ENGINE_PRETRAINED") ?? "";
}
