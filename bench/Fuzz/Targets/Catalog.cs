namespace Engine.Fuzzing.Targets;

/// <summary>Every target by name.</summary>
internal static class Catalog
{
    // The folder is the target's own.
    private static readonly (string Name, Func<string, string, Target> Create)[] s_targets =
    [
        ("wav", (name, folder) => new AudioTarget(name, folder, "fuzz.wav", AudioSeeds.Wav)),
        ("wav-pipe", (name, _) => new PipeTarget(name)),
        ("au", (name, folder) => new AudioTarget(name, folder, "fuzz.au", AudioSeeds.Au)),
        ("aiff", (name, folder) => new AudioTarget(name, folder, "fuzz.aiff", AudioSeeds.Aiff)),
        ("caf", (name, folder) => new AudioTarget(name, folder, "fuzz.caf", AudioSeeds.Caf)),
        ("flac", (name, folder) => new FlacTarget(name, folder)),
        ("mp3", (name, folder) => new CompressedTarget(name, folder, "fuzz.mp3", MpegSeeds.All, CompressedTarget.Bytes, 1 << 10,
            1 << 20)),
        ("vorbis", (name, folder) => new CompressedTarget(name, folder, "fuzz.ogg", [CompressedTarget.Vorbis()],
            CompressedTarget.Pages, 1 << 16, 64 << 20)),
        ("tags", (name, _) => new TagTarget(name)),
        ("tag-edit", (name, _) => new TagEditTarget(name)),
        ("npy", (name, folder) => new NpyTarget(name, folder)),
        ("npz", (name, _) => new NpzTarget(name)),
        ("safetensors", (name, _) => new SafetensorsTarget(name)),
        ("pickle", (name, _) => new PickleTarget(name)),
        ("torch", (name, _) => new TorchTarget(name)),
        ("hdf5", (name, _) => new Hdf5Target(name)),
        ("model", (name, folder) => new ModelTarget(name, folder)),
        ("recipe", (name, _) => new RecipeTarget(name)),
        ("run", (name, folder) => new RunTarget(name, folder)),
        ("metrics", (name, _) => new MetricsTarget(name)),
        ("predictions", (name, folder) => new PredictionsTarget(name, folder)),
        ("history", (name, folder) => new HistoryTarget(name, folder)),
        ("round", (name, folder) => new RoundTarget(name, folder)),
        ("checkpoint", (name, folder) => new CheckpointTarget(name, folder)),
        ("trials", (name, folder) => new TrialsTarget(name, folder)),
        ("table", (name, folder) => new TableTarget(name, folder)),
        ("list", (name, folder) => new ListTarget(name, folder)),
        ("groups", (name, folder) => new GroupsTarget(name, folder)),
        ("features", (name, _) => new FeatureEntryTarget(name)),
        ("split", (name, _) => new SplitNameTarget(name)),
        ("setting", (name, _) => new SettingTarget(name)),
        ("command", (name, folder) => new CommandTarget(name, folder)),
    ];

    /// <summary>The names, in the order in which they run.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_targets.Select(t => t.Name)];

    /// <summary>A target whose files lie in <paramref name="folder"/>.</summary>
    public static Target Create(string name, string folder) => s_targets.Single(t => t.Name == name).Create(name, folder);
}
