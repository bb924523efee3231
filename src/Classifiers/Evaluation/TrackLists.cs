namespace Engine.Classifiers.Evaluation;

/// <summary>Reads the text files that name tracks and finds those tracks in the data.</summary>
internal static class TrackLists
{
    /// <summary>The lines that are not blank, with their numbers from 1.</summary>
    public static List<(int Number, string Text)> ReadLines(string path)
    {
        try
        {
            return [.. File.ReadLines(path).Select((text, i) => (i + 1, text)).Where(l => !string.IsNullOrWhiteSpace(l.text))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new EngineException($"Split: cannot read the list '{path}': {e.Message}", e);
        }
    }

    /// <summary>The track that an entry names, by genre and number, else by path; null if the data lacks it.</summary>
    public static Unit? Find(IReadOnlyDictionary<TrackId, Unit> tracks, string entry) =>
        TrackId.TryParseName(entry, out var id, out _) && tracks.TryGetValue(id, out var named) ? named
        : tracks.GetValueOrDefault(TrackId.OfPath(entry));
}
