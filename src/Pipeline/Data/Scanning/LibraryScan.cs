using Engine.Classifiers;
using Engine.Classifiers.Evaluation.Names;
using Engine.Dsp;
using Engine.Dsp.Tags;
using Engine.Pipeline.Data.Files;

namespace Engine.Pipeline.Data.Scanning;

/// <summary>The songs of a library, as their tags and headers describe them.</summary>
internal sealed class LibraryScan
{
    private LibraryScan(IReadOnlyList<ScannedSong> songs, IReadOnlyList<UnreadableSong> unreadable) =>
        (Songs, Unreadable) = (songs, unreadable);

    /// <summary>The songs, in ordinal order of their paths within each folder.</summary>
    public IReadOnlyList<ScannedSong> Songs { get; }

    /// <summary>Files that could not be read, in the same order.</summary>
    public IReadOnlyList<UnreadableSong> Unreadable { get; }

    /// <summary>Reads the tags and headers of every recording below folders; nothing is decoded.</summary>
    /// <param name="folders">Folders that are searched at any depth, or single files.</param>
    /// <param name="options">Options.</param>
    /// <exception cref="EngineException">A folder does not exist, holds no recording, or has folders that may or may not be
    /// genres.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static LibraryScan Run(IReadOnlyList<string> folders, ScanOptions options)
    {
        ArgumentNullException.ThrowIfNull(folders);
        ArgumentNullException.ThrowIfNull(options);
        var files = new List<(string Path, string? Genre)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var folder in folders)
        {
            var listed = Dataset.ListAudio(folder, options.Warn);
            if (listed.Count == 0) throw new EngineException($"{folder}: the folder holds no recording.");
            var genres = options.GenreFrom == GenreSource.Tag ? new string?[listed.Count]
                : FolderGenres(folder, listed, options.GenresAt);
            files.AddRange(listed.Zip(genres).Where(f => seen.Add(Path.GetFullPath(f.First))));
        }

        var (songs, errors) = (new ScannedSong?[files.Count], new string?[files.Count]);
        var done = 0;
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = Math.Max(1, options.Threads),
            CancellationToken = options.Cancellation,
        };
        Parallel.For(0, files.Count, parallel, i =>
        {
            (songs[i], errors[i]) = Read(files[i].Path, files[i].Genre, options.GenreFrom);
            options.Progress?.Invoke(Interlocked.Increment(ref done), files.Count, files[i].Path);
        });
        return new([.. songs.OfType<ScannedSong>()],
            [.. files.Zip(errors).Where(e => e.Second is not null).Select(e => new UnreadableSong(e.First.Path, e.Second!))]);
    }

    /// <summary>A genre in composed Unicode, with single spaces and none at its ends.</summary>
    internal static string Normalised(string genre) =>
        string.Join(' ', Nfc.Compose(genre).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static (ScannedSong?, string?) Read(string path, string? folder, GenreSource from)
    {
        try
        {
            FileNames.Require(path);
            var file = SongFile.Read(path, probe: true);
            IEnumerable<string> genres = from == GenreSource.Folder ? [] : file.Tags.Genres;
            string[] named = [.. genres.Select(Normalised).Where(g => g.Length > 0).Distinct()];
            if (named.Length == 0 && folder is not null) named = [folder];
            var artists = file.Tags.Artists.Count > 0 ? file.Tags.Artists
                : file.Tags.AlbumArtist is { } artist ? [artist] : [];
            return (new(path, named, artists, file.Tags.Album, file.Tags.Title, file.Audio.Duration, file.Audio.SampleRate,
                file.Audio.Channels, file.Audio.Format, file.Tags.Notes), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EngineException or FileKindException)
        {
            return (null, e.Message.Contains(path, StringComparison.Ordinal) ? e.Message : $"{path}: {e.Message}");
        }
    }

    // A file beside the genre folders has no genre.
    private static string?[] FolderGenres(string folder, IReadOnlyList<string> files, GenresAt genresAt)
    {
        string[][] parts = [.. files.Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/').Split('/'))];
        var nested = Enumerable.Range(0, files.Count).Where(i => parts[i].Length > 1).ToArray();
        var genres = new string?[files.Count];
        if (nested.Length == 0) return genres;
        var places = GenreFolders.Find(folder, [.. nested.Select(i => parts[i])], genresAt);
        foreach (var (i, place) in nested.Zip(places)) genres[i] = Normalised(parts[i][place]);
        return genres;
    }
}
