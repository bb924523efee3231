namespace Engine.Pipeline.Runs;

/// <summary>What a classifier scores that listens to nothing: it always names the genre most frequent in training.</summary>
internal static class MajorityBaseline
{
    /// <summary>Its accuracy on what a run tested, counted as the run's figures are; null if nothing was trained on.</summary>
    public static double? Accuracy(FinishedRun run)
    {
        var byTrack = run.CountsTracks;
        var guesses = Enumerable.Range(0, run.Rounds).Select(r => MostFrequent(run.Record, r, byTrack)).ToArray();
        if (guesses.Contains(null) || run.Tested.Count == 0) return null;
        var tested = byTrack ? [.. run.Tested.DistinctBy(t => (t.Fold, t.Track))] : run.Tested;
        return (double)tested.Count(t => t.Label == guesses[t.Fold - 1]) / tested.Count;
    }

    private static string? MostFrequent(RunRecord record, int round, bool byTrack)
    {
        var learned = record.Rows.Where(r => (r.In(round) & RowUse.Learned) != 0);
        return (byTrack ? learned.DistinctBy(r => r.Track) : learned).GroupBy(r => r.Label)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).FirstOrDefault()?.Key;
    }
}
