using Engine.Classifiers.Evaluation;
using Engine.Pipeline.Data;

namespace Engine.Cli.Features;

/// <summary>A recording to compute features of.</summary>
/// <param name="FullPath">Its path.</param>
/// <param name="Name">Its name in the output.</param>
/// <param name="Label">The name of its genre's folder.</param>
/// <param name="Track">Its track, as in a data set of these recordings.</param>
internal sealed record FeatureFile(string FullPath, string Name, string Label, TrackId Track)
{
    /// <summary>What a manifest says of it.</summary>
    public required LabelledRecording Recording { get; init; }

    /// <summary>
    /// The recordings at <paramref name="paths"/>, in the order of the paths, sorted within each. They are named by their file
    /// names if those are unique, else by their paths below the given folder, else by their paths including that folder.
    /// </summary>
    /// <exception cref="CommandLineException">A folder holds no recording, or a recording appears twice.</exception>
    /// <exception cref="Classifiers.EngineException">It is not clear which folders are the genres.</exception>
    public static IReadOnlyList<FeatureFile> List(IReadOnlyList<string> paths, DataOptions reading, Action<string> warn)
    {
        var found = new List<LabelledRecording>();
        if (reading.Given().FirstOrDefault().Option is { } useless && !paths.Any(LabelledRecording.IsManifest))
            throw new CommandLineException($"{useless}: is for manifests (.csv, .tsv), and none is named; leave it out.");
        foreach (var path in paths)
        {
            var recordings = LabelledRecording.List(path, reading, warn);
            if (recordings.Count == 0) throw new CommandLineException($"{path}: the folder holds no recording.");
            found.AddRange(recordings);
        }

        var tracks = LabelledRecording.Tracks(found, warn);
        var names = Names(found);
        FeatureFile[] listed = [.. found.Select((f, i) => new FeatureFile(f.FullPath, names[i], f.Label, tracks[i])
        {
            Recording = f,
        })];
        var twice = listed.GroupBy(f => f.Name).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
        {
            throw new CommandLineException($"{twice.Key}: appears {twice.Count()} times; name every recording once.");
        }
        return listed;
    }

    private static string[] Names(List<LabelledRecording> found)
    {
        string[] names = [.. found.Select(f => Path.GetFileName(f.FullPath))];
        if (names.Distinct().Count() < names.Length) names = [.. found.Select(f => f.RelativePath)];
        return names.Distinct().Count() == names.Length
            ? names : [.. found.Select(f => f.FullPath.Replace(Path.DirectorySeparatorChar, '/'))];
    }
}
