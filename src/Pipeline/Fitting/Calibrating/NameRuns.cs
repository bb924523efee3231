using Engine.Classifiers.Evaluation;

namespace Engine.Pipeline.Fitting.Calibrating;

/// <summary>
/// Detects whether a split keeps tracks with neighbouring names together. Neighbouring names often belong to one artist or album,
/// as in GTZAN, so lists that keep artists apart can be recognised: their tested tracks come in long runs. Where a run ends, one
/// artist ends as well.
/// </summary>
internal static class NameRuns
{
    // Runs of GTZAN's artist-filtered and fault-filtered lists are 4 to 7 times as long as those of a random choice.
    private const double Telling = 1.5;

    /// <summary>
    /// The tracks whose side of the fold is not that of the track before, per genre in name order: artists change there. Null if
    /// runs of tested tracks are no longer than those of a random choice.
    /// </summary>
    public static HashSet<TrackId>? Starts(IReadOnlyList<Sample> samples, Fold fold)
    {
        var tested = fold.Test.Select(r => samples[r].Track).ToHashSet();
        var validated = fold.Valid.Select(r => samples[r].Track).ToHashSet();
        var tracks = SplitUnits.Tracks([.. fold.TrainAndValid.Concat(fold.Test).Select(r => samples[r])]);
        var starts = new HashSet<TrackId>();
        int runs = 0, count = 0;
        foreach (var (_, units) in SplitUnits.ByGenre(tracks))
        {
            var before = -1;
            foreach (var unit in units)
            {
                var side = tested.Contains(unit.Track) ? 2 : validated.Contains(unit.Track) ? 1 : 0;
                if (side == 2) count++;
                if (side == 2 && before != 2) runs++;
                if (side != before) starts.Add(unit.Track);
                before = side;
            }
        }

        // A random choice of a share p has runs of mean length 1 / (1 - p).
        return runs > 0 && (double)count / runs * (tracks.Count - count) / tracks.Count >= Telling ? starts : null;
    }
}
