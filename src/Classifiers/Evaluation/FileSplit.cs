using Engine.Classifiers.Evaluation.Names;

namespace Engine.Classifiers.Evaluation;

/// <summary>
/// <c>files:</c>: each list names one track per line (anything after a tab is ignored), matched by <see cref="TrackIndex"/>
/// regardless of folder and extension. The notes count listed tracks missing from the data and rows on no list.
/// </summary>
internal static class FileSplit
{
    public static Fold Create(SplitSpec spec, List<Unit> tracks, List<string> notes)
    {
        var index = new TrackIndex(tracks);
        var owner = new Dictionary<TrackId, string>();
        var lists = new List<List<Unit>>();
        foreach (var file in spec.Files)
        {
            var lines = TrackLists.ReadLines(file);
            var found = new List<Unit>();
            var missing = 0;
            foreach (var (number, text) in lines)
            {
                if (index.Find(TrackLists.Unquote(text.Split('\t')[0])) is not { } track) missing++;
                else if (owner.TryAdd(track.Track, file)) found.Add(track);
                else if (owner[track.Track] != file)
                    throw new EngineException(
                        $"Split: track '{track.Track}' is in '{owner[track.Track]}' and, line {number}, in '{file}'; it can be "
                            + "on one side only.");
            }

            if (found.Count == 0)
                throw new EngineException(
                    $"Split: none of the {lines.Count} tracks that '{file}' lists is among the {tracks.Count} tracks of the "
                        + "data.");
            if (missing > 0) notes.Add($"{missing} of the {lines.Count} tracks that '{file}' lists are not in the data");
            lists.Add(found);
        }

        var unlisted = tracks.Where(t => !owner.ContainsKey(t.Track)).ToList();
        if (unlisted.Count > 0)
            notes.Add($"{unlisted.Count} tracks ({unlisted.Sum(t => t.Rows.Length)} rows) are on no list and were left out");
        TrackLists.NoteAmbiguous(index, notes);
        return SplitUnits.ToFold(lists[0], lists.Count == 3 ? lists[1] : [], lists[^1]);
    }
}
