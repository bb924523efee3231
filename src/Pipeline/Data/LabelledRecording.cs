using System.ComponentModel;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Classifiers.Evaluation.Names;

namespace Engine.Pipeline.Data;

/// <summary>A recording found from a folder of genres, the folder of one genre, or its own path.</summary>
/// <param name="FullPath">Its full path.</param>
/// <param name="RelativePath">Its path below the named folder; for a file named directly, the path as named.</param>
/// <param name="Label">The name of its genre's folder.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record LabelledRecording(string FullPath, string RelativePath, string Label)
{
    /// <summary>Its artists as a manifest names them; null if unknown.</summary>
    public string? Artist { get; private init; }

    /// <summary>Its side of a split as a manifest says; null without such a column.</summary>
    public string? Side { get; private init; }

    /// <summary>Whether a manifest identifies its track.</summary>
    public bool HasId { get; private init; }

    private TrackId? Track { get; init; }

    /// <summary>Whether a path is a manifest's.</summary>
    public static bool IsManifest(string path) => TableText.IsName(path) && File.Exists(path);

    /// <summary>
    /// The recordings at a path, labelled as <see cref="Dataset.Open"/> labels them; the path's own folder may be a genre, too.
    /// A table is a manifest.
    /// </summary>
    /// <exception cref="EngineException">
    /// The path does not exist, or it is not clear which folders are the genres.
    /// </exception>
    public static IReadOnlyList<LabelledRecording> List(string path, DataOptions reading, Action<string>? warn)
    {
        if (IsManifest(path))
        {
            return [.. Dataset.OpenManifest(path, reading, warn).Recordings.Select(
                r => new LabelledRecording(r.FullPath, r.RelativePath, r.Label)
                {
                    Artist = r.Artist,
                    Side = r.Side,
                    Track = r.Track,
                    HasId = r.HasId,
                })];
        }

        var files = Dataset.ListAudio(path, warn);
        if (!Directory.Exists(path))
        {
            var label = Folder(Path.GetDirectoryName(Path.GetFullPath(path)));
            return [.. files.Select(f => new LabelledRecording(f, f.Replace(Path.DirectorySeparatorChar, '/'), label))];
        }

        if (files.Count == 0) return [];
        string[] relative = [.. files.Select(f => Path.GetRelativePath(path, f).Replace(Path.DirectorySeparatorChar, '/'))];
        var root = Folder(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        string[][] parts = [.. relative.Select(r => $"{root}/{r}".Split('/'))];
        var places = GenreFolders.Find(path, parts, reading.GenresAt);
        return [.. files.Select((f, i) => new LabelledRecording(f, relative[i], GenreFolders.Label(parts[i][places[i]])))];
    }

    /// <summary>The track of each recording, determined for all of them together.</summary>
    public static IReadOnlyList<TrackId> Tracks(IReadOnlyList<LabelledRecording> recordings, Action<string>? warn)
    {
        var names = TrackNames.Of([.. recordings.Select(r => new NamedRow(r.FullPath, r.Label, r.Track?.Value, r.HasId))]);
        foreach (var note in names.Notes) warn?.Invoke(note);
        return [.. names.Tracks.Zip(recordings, (named, r) => r.Track ?? named.Track)];
    }

    private static string Folder(string? path) => GenreFolders.Label(Path.GetFileName(path) ?? "");
}
