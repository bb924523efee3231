namespace Engine.Pipeline.Data;

/// <summary>The folder in which the weights of pre-trained networks have names.</summary>
internal static class UserWeights
{
    /// <summary>What the names of its files end in.</summary>
    public const string Extension = ".safetensors";

    /// <summary>
    /// The folder named by the environment variable <c>ENGINE_WEIGHTS</c>, otherwise <c>weights</c> beside the folder of models
    /// (<see cref="UserModels"/>). It need not exist.
    /// </summary>
    public static string Folder => Environment.GetEnvironmentVariable("ENGINE_WEIGHTS") is { Length: > 0 } chosen
        ? Path.GetFullPath(chosen) : Path.GetFullPath(Path.Combine(UserModels.Folder, "..", "weights"));

    /// <summary>The file of a name in the folder.</summary>
    public static string PathOf(string name) => Path.Combine(Folder, name + Extension);
}
