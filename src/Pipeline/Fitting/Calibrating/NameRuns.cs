using Engine.Classifiers.Evaluation;

namespace Engine.Pipeline.Fitting.Calibrating;

/// <summary>
/// Detects whether a split keeps tracks with neighbouring names together. Neighbouring names often belong to one artist or album,
/// as in GTZAN, so lists that keep artists apart can be recognised: their tested tracks come in long runs.
/// </summary>
internal static class NameRuns
{
    // Runs of GTZAN's artist-filtered and fault-filtered lists are 4 to 7 times as long as those of a random choice.
    private const double Telling = 1.5;

    /// <summary>Whether runs of tested tracks, per genre in name order, are longer than those of a random choice.</summary>
    public static bool AreKept(IReadOnlyList<Sample> samples, Fold fold)
    {
        var tested = fold.Test.Select(r => samples[r].Track).ToHashSet();
        var tracks = SplitUnits.Tracks([.. fold.TrainAndValid.Concat(fold.Test).Select(r => samples[r])]);
        int runs = 0, count = 0;
        foreach (var (_, units) in SplitUnits.ByGenre(tracks))
        {
            var before = false;
            foreach (var unit in units)
            {
                var now = tested.Contains(unit.Track);
                if (now) count++;
                if (now && !before) runs++;
                before = now;
            }
        }

        // A random choice of a share p has runs of mean length 1 / (1 - p).
        return runs > 0 && (double)count / runs * (tracks.Count - count) / tracks.Count >= Telling;
    }
}
