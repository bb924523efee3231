namespace Engine.Classifiers.Evaluation;

/// <summary><c>column</c>: each track is on the side that a column of the data names; without one it is left out.</summary>
internal static class ColumnSplit
{
    private enum Side
    {
        None,
        Train,
        Valid,
        Test,
    }

    public static Fold Create(SplitSpec spec, List<Unit> tracks, IReadOnlyList<Sample> samples, List<string> notes)
    {
        if (samples.All(s => s.Side is null))
        {
            throw new EngineException($"Split: '{spec}' needs data with a column that says train, valid or test for each row: " +
                "a manifest or table with a column 'split', or column:NAME.");
        }

        var sides = tracks.ToLookup(t => Of(t, samples));
        if (sides[Side.None].ToArray() is { Length: > 0 } left)
        {
            notes.Add($"{left.Length} tracks ({left.Sum(t => t.Rows.Length)} rows), such as {left[0].Track}, are on no side and "
                + "were left out");
        }

        foreach (var side in new[] { Side.Train, Side.Test })
        {
            if (sides[side].Any()) continue;
            throw new EngineException($"Split: '{spec}': none of {tracks.Count} tracks is on the side " +
                $"'{side.ToString().ToLowerInvariant()}'.");
        }

        return SplitUnits.ToFold(sides[Side.Train], sides[Side.Valid], sides[Side.Test]);
    }

    private static Side Of(Unit track, IReadOnlyList<Sample> samples)
    {
        var first = Parse(track, samples[track.Rows[0]].Side);
        foreach (var row in track.Rows)
        {
            if (Parse(track, samples[row].Side) == first) continue;
            throw new EngineException($"Split: track '{track.Track}' is on the sides '{samples[track.Rows[0]].Side}' and " +
                $"'{samples[row].Side}'; it can be on one only.");
        }

        return first;
    }

    private static Side Parse(Unit track, string? text) => text?.Trim().ToLowerInvariant() switch
    {
        null or "" => Side.None,
        "train" or "training" => Side.Train,
        "valid" or "validation" or "val" or "dev" => Side.Valid,
        "test" or "testing" => Side.Test,
        _ => throw new EngineException($"Split: track '{track.Track}' is on the side '{TrackLists.Shown(text)}'; expected " +
            "train or training, valid or validation, or test."),
    };
}
