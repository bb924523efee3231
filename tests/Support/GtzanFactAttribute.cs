namespace Engine.Tests.Support;

/// <summary>
/// A test on real recordings, which the repository does not hold. It runs when the environment variable ENGINE_GTZAN names a
/// folder with <c>features_30_sec.csv</c>, <c>features_10_sec.csv</c>, <c>clips/</c> and <c>splits/</c>; else it is skipped,
/// saying so.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GtzanFactAttribute : FactAttribute
{
    public GtzanFactAttribute()
    {
        if (Folder.Length == 0)
            Skip = "needs GTZAN: set ENGINE_GTZAN to the folder that holds features_30_sec.csv, clips/ and splits/";
        else if (!Directory.Exists(Folder)) Skip = $"ENGINE_GTZAN names '{Folder}', which is no folder";
    }

    /// <summary>The folder; empty when the variable is not set.</summary>
    public static string Folder { get; } = Environment.GetEnvironmentVariable("ENGINE_GTZAN") ?? "";
}
