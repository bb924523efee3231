using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Classifiers.Evaluation.Names;
using Engine.Dsp.Audio;
using Engine.Pipeline.Data.Files;

namespace Engine.Pipeline.Data;

/// <summary>One recording of a data set.</summary>
/// <param name="Track">
/// Its identity: genre and number for a name like <c>blues.00029.wav</c>, else the path below the genre's folder.
/// </param>
/// <param name="Window">Which window of the track the file is, if its name says so (<c>blues.00029.3.wav</c>); else null.</param>
/// <param name="RelativePath">Its path below the data set's root, with forward slashes.</param>
/// <param name="FullPath">Its path, including the root.</param>
/// <param name="Label">Its genre: the name of its folder, or what the manifest says.</param>
public sealed record Recording(TrackId Track, int? Window, string RelativePath, string FullPath, string Label)
{
    /// <summary>Its artists as a manifest names them, several separated by <c>;</c>; null if unknown.</summary>
    public string? Artist { get; init; }

    /// <summary>Its side of a split, as a manifest says; null without such a column.</summary>
    public string? Side { get; init; }

    /// <summary>Whether a manifest identifies <see cref="Track"/>.</summary>
    internal bool HasId { get; init; }
}

/// <summary>
/// Recordings with genres: a folder with one sub-folder per genre at any depth, or a manifest, a table that names them.
/// Recordings are in ordinal order of their paths on every file system; of a folder, hidden files, <c>._*</c> and files without
/// an audio extension are skipped.
/// </summary>
public sealed class Dataset
{
    private Dataset(string root, IReadOnlyList<Recording> recordings, TrackNames names)
    {
        Root = root;
        Recordings = recordings;
        Labels = [.. recordings.Select(r => r.Label).Distinct().Order(StringComparer.Ordinal)];
        // Every file counts as a recording; only the user knows whether several are pieces of one.
        Notes = names.Doubt is { } doubt
            ? [.. names.Notes, $"{doubt}: each counts as a track of its own; if they are pieces of one recording, keep them " +
                "together with groups:FILE"]
            : names.Notes;
    }

    /// <summary>The folder or manifest, as given.</summary>
    public string Root { get; }

    /// <summary>The recordings, sorted by relative path.</summary>
    public IReadOnlyList<Recording> Recordings { get; }

    /// <summary>The genres, sorted.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Such as <c>gtzan/genres: 1000 recordings of 10 genres</c>.</summary>
    public override string ToString() => $"{Root}: {Recordings.Count} recordings of {Labels.Count} genres";

    /// <summary>What is ambiguous about the recordings' names.</summary>
    internal IReadOnlyList<string> Notes { get; }

    /// <summary>Lists a folder that holds one sub-folder per genre.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="genresAt">Which folders are the genres, if folders are nested.</param>
    /// <param name="warn">Receives one line for each kind of entry that was skipped.</param>
    /// <exception cref="EngineException">
    /// The folder does not exist or holds no recording, a recording is outside every genre folder, a track appears twice, or
    /// it is not clear which folders are the genres.
    /// </exception>
    public static Dataset Open(string root, GenresAt genresAt = GenresAt.Auto, Action<string>? warn = null)
    {
        ArgumentNullException.ThrowIfNull(root);
        if (!Directory.Exists(root)) throw new EngineException($"{root}: no such folder.");
        var listing = List(root);
        foreach (var remark in listing.Remarks) warn?.Invoke(remark);
        var files = listing.Files;
        if (files.Count == 0)
            throw new EngineException($"{root}: no recording found; expected one sub-folder of audio files per genre.");
        if (files.FirstOrDefault(f => !f.Contains('/')) is { } stray)
        {
            throw new EngineException($"{root}: {stray} lies outside every genre folder; expected one sub-folder of audio " +
                "files per genre.");
        }

        string[][] parts = [.. files.Select(f => f.Split('/'))];
        var places = GenreFolders.Find(root, parts, genresAt);
        foreach (var remark in Vanished(root, listing, parts, places)) warn?.Invoke(remark);
        NamedRow[] rows = [.. files.Select((f, i) => new NamedRow(f, GenreFolders.Label(parts[i][places[i]])))];
        var names = TrackNames.Of(rows);
        var recordings = new List<Recording>(files.Count);
        var seen = new Dictionary<(TrackId, int?), string>();
        for (var i = 0; i < files.Count; i++)
        {
            var (track, window) = names.Tracks[i];
            if (!seen.TryAdd((track, window), files[i]))
            {
                throw new EngineException($"{root}: track {track} appears twice, as {seen[(track, window)]} and {files[i]}; " +
                    "remove one of them.");
            }

            recordings.Add(new(track, window, files[i], Path.Combine(root, files[i]), rows[i].Label));
        }

        return new(root, recordings, names);
    }

    /// <summary>Reads a manifest; whether the files exist is left to who opens them.</summary>
    /// <param name="path">A table with a recording in each row, and its genre.</param>
    /// <param name="options">Its columns and rows.</param>
    /// <param name="warn">Receives one line for each kind of row that was left out.</param>
    /// <exception cref="EngineException">
    /// The manifest cannot be read, has no rows with a genre, names a recording twice, or lacks a column; or several columns
    /// could be meant.
    /// </exception>
    public static Dataset OpenManifest(string path, DataOptions options, Action<string>? warn = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        var (recordings, names) = ManifestReader.Read(path, options, warn);
        return new(path, recordings, names);
    }

    /// <summary>
    /// The audio files below a folder at any depth, sorted ordinally by path; a path to a file returns that file, and <c>-</c>
    /// standard input. Every folder is visited once, however many links lead to it.
    /// </summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="warn">Receives one line for each kind of entry that was skipped.</param>
    /// <exception cref="EngineException">The path does not exist or cannot be read.</exception>
    public static IReadOnlyList<string> ListAudio(string path, Action<string>? warn = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (File.Exists(path) || AudioInput.IsInherited(path)) return [path];
        if (!Directory.Exists(path)) throw new EngineException($"{path}: no such file or folder.");
        var listing = List(path);
        foreach (var remark in listing.Remarks) warn?.Invoke(remark);
        return [.. listing.Files.Select(f => Path.Combine(path, f))];
    }

    private static FolderListing List(string root)
    {
        try
        {
            return FolderListing.Of(root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{root}: cannot list the folder: {e.Message}", e);
        }
    }

    // Folders beside the genres that hold files but no recording: no genre may disappear silently.
    private static IEnumerable<string> Vanished(string root, FolderListing listing, string[][] parts, int[] places)
    {
        var (used, beside) = (new HashSet<string>(), new HashSet<string>());
        for (var i = 0; i < parts.Length; i++)
        {
            beside.Add(string.Join('/', parts[i][..places[i]]));
            for (var depth = 1; depth < parts[i].Length; depth++) used.Add(string.Join('/', parts[i][..depth]));
        }

        bool IsBeside(string folder) => beside.Contains(Path.GetDirectoryName(folder)!.Replace(Path.DirectorySeparatorChar, '/'));
        string[] gone = [.. listing.Folders.Where(f => !used.Contains(f.Path) && IsBeside(f.Path))
            .Select(f => $"{f.Path} ({(f.Others == 1 ? "1 file" : $"{f.Others} files")} of other kinds)")];
        if (gone.Length == 1) yield return $"{root}: a folder beside the genres holds no recording: {gone[0]}";
        else if (gone.Length > 1)
        {
            yield return $"{root}: {gone.Length} folders beside the genres hold no recording: " +
                $"{string.Join(", ", gone.Take(4))}{(gone.Length > 4 ? ", …" : "")}";
        }
    }
}
