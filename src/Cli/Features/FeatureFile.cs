using Engine.Classifiers.Pipeline;

namespace Engine.Cli.Features;

/// <summary>A recording to compute features of.</summary>
/// <param name="FullPath">Where it lies.</param>
/// <param name="Name">What it is called in the output.</param>
/// <param name="Label">The name of its folder.</param>
internal sealed record FeatureFile(string FullPath, string Name, string Label)
{
    /// <summary>
    /// The recordings at <paramref name="paths"/>, in the order of the paths and then sorted. They are named by their file name
    /// where that is unique, else by the path below the folder given.
    /// </summary>
    /// <exception cref="CommandLineException">A folder holds no recording, or a recording is there twice.</exception>
    public static IReadOnlyList<FeatureFile> List(IReadOnlyList<string> paths)
    {
        var found = new List<(string Path, string Relative)>();
        foreach (var path in paths)
        {
            var files = Dataset.ListAudio(path);
            if (files.Count == 0) throw new CommandLineException($"{path}: the folder holds no recording.");
            found.AddRange(files.Select(f => (f, Directory.Exists(path) ? Path.GetRelativePath(path, f).Replace('\\', '/') : f)));
        }

        var unique = found.Select(f => Path.GetFileName(f.Path)).Distinct().Count() == found.Count;
        var listed = found.Select(f => new FeatureFile(f.Path, unique ? Path.GetFileName(f.Path) : f.Relative, LabelOf(f.Path))).ToArray();
        var twice = listed.GroupBy(f => f.Name).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null) throw new CommandLineException($"{twice.Key}: is there {twice.Count()} times; name every recording once.");
        return listed;
    }

    private static string LabelOf(string path) => Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path))) ?? "";
}
