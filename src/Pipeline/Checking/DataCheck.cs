using Engine.Classifiers;
using Engine.Pipeline.Data;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;

namespace Engine.Pipeline.Checking;

/// <summary>Finds what would spoil a training before it starts. Recordings are decoded once; no feature is computed.</summary>
internal static class DataCheck
{
    /// <summary>Checks a genre folder, a manifest or a feature table.</summary>
    /// <param name="data">The folder or table.</param>
    /// <param name="frontEnd">Whose columns tell a feature table.</param>
    /// <param name="options">Options.</param>
    /// <exception cref="EngineException">The data are not what a training could read at all.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static CheckResult Run(string data, FrontEnd frontEnd, CheckOptions options)
    {
        // A table whose columns are named is one of features.
        var kind = options.Reading.Columns is not null && File.Exists(data)
            ? DataKind.Table : DataKinds.Of(data, frontEnd, options.Reading);
        var remarks = new List<string>();
        void Remark(string line) => remarks.Add(line.StartsWith($"{data}: ", StringComparison.Ordinal)
            ? line[($"{data}: ".Length)..] : line);
        if (kind == DataKind.Table) return TableFindings.Of(data, options.Reading, remarks, Remark);

        var isFolder = kind == DataKind.Folder;
        var dataset = isFolder ? Dataset.Open(data, options.Reading.GenresAt, Remark)
            : Dataset.OpenManifest(data, options.Reading, Remark);
        // If none exists, the manifest was read wrongly.
        MissingRecordings.LeaveOut(data, [.. dataset.Recordings], OnError.Skip);
        var songs = Measure(dataset.Recordings, options.Work);
        GenreTrack[] tracks = [.. songs.Select(s =>
            new GenreTrack(s.Recording.Track, s.Recording.Label, s.Artist, s.IsUsable))];
        string[][]? folders = isFolder ? [.. songs.Select(s => s.Recording.RelativePath.Split('/'))] : null;
        return new(data, GenreFindings.Sizes(tracks), songs.Length, songs.Sum(s => s.Measures?.Seconds ?? 0), InOrder(
        [
            .. SoundFindings.Of(songs, options.Shortest),
            .. Finding.Of(isFolder ? FindingKind.PassedOver : FindingKind.LeftOut, remarks.Select(r => new FoundItem([], r))),
            .. GenreFindings.Of(tracks, folders),
        ]));
    }

    /// <summary>Findings, the worst kind first.</summary>
    public static Finding[] InOrder(IEnumerable<Finding> findings) => [.. findings.OrderBy(f => f.Kind)];

    private static CheckedSong[] Measure(IReadOnlyList<Recording> recordings, WorkOptions options)
    {
        var songs = new CheckedSong[recordings.Count];
        var done = 0;
        FeatureExtraction.ForEach(songs.Length, options.Threads, i =>
        {
            songs[i] = CheckedSong.Of(recordings[i], options);
            options.Progress?.Report(new(Interlocked.Increment(ref done), songs.Length, recordings[i].FullPath));
            return true;
        }, options.Cancellation);
        return songs;
    }
}
