using Engine.Classifiers.Evaluation;
using Engine.Dsp.Audio;

namespace Engine.Classifiers.Pipeline;

/// <summary>One recording of a data set.</summary>
/// <param name="Track">Its identity: genre and number for a name like <c>blues.00029.wav</c>, else the relative path.</param>
/// <param name="Window">Which window of the track the file is, when its name says so (<c>blues.00029.3.wav</c>); else null.</param>
/// <param name="RelativePath">Its path below the data set's root, with forward slashes.</param>
/// <param name="FullPath">Where it lies.</param>
/// <param name="Label">Its genre: the name of its folder.</param>
public sealed record Recording(TrackId Track, int? Window, string RelativePath, string FullPath, string Label);

/// <summary>
/// A folder of recordings, one sub-folder per genre at any depth. The order is ordinal by path, whatever the file system's;
/// hidden files, <c>._*</c> and files that are not audio by their extension are passed over.
/// </summary>
public sealed class Dataset
{
    private static readonly HashSet<string> s_extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".wav", ".wave", ".au", ".snd", ".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".mp4", ".webm", ".aif", ".aiff", ".wma",
    };

    private Dataset(string root, IReadOnlyList<Recording> recordings)
    {
        Root = root;
        Recordings = recordings;
        Labels = [.. recordings.Select(r => r.Label).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>The folder, as given.</summary>
    public string Root { get; }

    /// <summary>The recordings, sorted by relative path.</summary>
    public IReadOnlyList<Recording> Recordings { get; }

    /// <summary>The genres, sorted.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Lists a folder that holds one sub-folder per genre.</summary>
    /// <exception cref="EngineException">
    /// There is no such folder, it holds no recording, one lies outside every genre folder, or a track is there twice.
    /// </exception>
    public static Dataset Open(string root)
    {
        var files = ListAudio(root);
        if (files.Count == 0) throw new EngineException($"{root}: no recording found; expected one sub-folder of audio files per genre.");
        var recordings = new List<Recording>(files.Count);
        var seen = new Dictionary<(TrackId, int?), string>();
        foreach (var file in files)
        {
            var relative = Path.GetRelativePath(root, file).Replace('\\', '/');
            var parts = relative.Split('/');
            if (parts.Length < 2)
            {
                throw new EngineException($"{root}: {relative} lies outside every genre folder; expected one sub-folder of audio files per genre.");
            }

            var label = parts[^2];
            var (track, window) = Identify(relative, label);
            if (!seen.TryAdd((track, window), relative))
            {
                throw new EngineException($"{root}: track {track} is there twice, as {seen[(track, window)]} and {relative}; remove one of them.");
            }

            recordings.Add(new(track, window, relative, file, label));
        }

        return new(root, recordings);
    }

    /// <summary>The audio files below a folder at any depth, sorted ordinally by path; a path to a file gives that file, and
    /// <c>-</c> the standard input.</summary>
    /// <exception cref="EngineException">There is nothing at the path, or it may not be read.</exception>
    public static IReadOnlyList<string> ListAudio(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (File.Exists(path) || AudioInput.IsInherited(path)) return [path];
        if (!Directory.Exists(path)) throw new EngineException($"{path}: no such file or folder.");
        try
        {
            var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.Hidden };
            var files = Directory.EnumerateFiles(path, "*", options)
                .Where(f => s_extensions.Contains(Path.GetExtension(f)) && !IsHidden(Path.GetRelativePath(path, f)))
                .ToArray();
            Array.Sort(files, (a, b) => string.CompareOrdinal(a.Replace('\\', '/'), b.Replace('\\', '/')));
            return files;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot list the folder: {e.Message}", e);
        }
    }

    /// <summary>The track that a file belongs to, and which window of it, by its name.</summary>
    internal static (TrackId Track, int? Window) Identify(string relativePath, string label)
    {
        var track = TrackId.Of(relativePath, label);
        return TrackId.TryParseName(relativePath, out var named, out var window) && named == track ? (track, window) : (track, null);
    }

    // Also by name, so that a copy of a Mac's folder on Windows lists the same.
    private static bool IsHidden(string relative) => relative.Split('/', '\\').Any(part => part.StartsWith('.'));
}
