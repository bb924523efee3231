using Engine.Classifiers;

namespace Engine.Pipeline.Runs.Ensembles;

/// <summary>
/// Makes sure that runs were trained and tested on the same tracks, round by round, so that no member of an ensemble has seen
/// what the ensemble is tested on.
/// </summary>
internal static class SameSplit
{
    /// <summary>Checks runs against the first of them.</summary>
    /// <exception cref="EngineException">
    /// Splits, genres or data differ, or a run learned from a track that another tested.
    /// </exception>
    public static void Require(IReadOnlyList<SavedRun> runs)
    {
        var first = runs[0];
        foreach (var run in runs.Skip(1))
        {
            RequireSettings(first, run);
            RequireUnseen(run, first);
            RequireUnseen(first, run);
            RequireUses(first, run);
            RequireContent(first, run);
        }
    }

    private static void RequireSettings(SavedRun first, SavedRun run)
    {
        var (a, b) = (first.Record, run.Record);
        if (a.Split != b.Split || a.Seed != b.Seed || a.Rounds != b.Rounds)
        {
            throw new EngineException($"ensemble: {run.Folder} was split by {b.Split} with seed {b.Seed}, but {first.Folder} " +
                $"by {a.Split} with seed {a.Seed}; train all on the same split.");
        }

        if (!a.Labels.SequenceEqual(b.Labels))
        {
            var odd = a.Labels.Except(b.Labels).Concat(b.Labels.Except(a.Labels)).Order(StringComparer.Ordinal);
            throw new EngineException($"ensemble: {run.Folder} and {first.Folder} know different genres " +
                $"({string.Join(", ", odd)} only one of them); train all on the same data.");
        }

        if (a.Final != b.Final)
        {
            var final = a.Final ? first : run;
            throw new EngineException($"ensemble: only the model of {final.Folder} was fitted on the tested tracks too " +
                "(--final); train all with --final or none.");
        }
    }

    private static void RequireUnseen(SavedRun learner, SavedRun tester)
    {
        for (var round = 0; round < tester.Record.Rounds; round++)
        {
            var (tested, learned) = (Rows(tester, round, RowUse.Test), Rows(learner, round, RowUse.Learned));
            var own = Rows(learner, round, RowUse.Test).Select(r => r.Digest).ToHashSet();
            var (tracks, digests) = (learned.Select(r => r.Track).ToHashSet(), learned.Select(r => r.Digest).ToHashSet());
            // A copy within one run is noted by that run.
            if (Array.Find(tested, r => tracks.Contains(r.Track) || (digests.Contains(r.Digest) && !own.Contains(r.Digest)))
                is not { } seen) continue;
            throw new EngineException($"ensemble: {learner.Folder} has seen {seen.Track}, by name or content, which " +
                $"{tester.Folder} was tested on in round {round + 1}; train all on the same data and split.");
        }
    }

    private static void RequireUses(SavedRun first, SavedRun run)
    {
        var odd = first.Tracks.Keys.Union(run.Tracks.Keys).Order(StringComparer.Ordinal)
            .FirstOrDefault(t => UseOf(first, t) != UseOf(run, t));
        if (odd is null) return;
        throw new EngineException($"ensemble: {odd} is {UseOf(first, odd)} in {first.Folder} but {UseOf(run, odd)} in " +
            $"{run.Folder}; train all on the same data, without recordings that one of them skips.");
    }

    private static string UseOf(SavedRun run, string track) =>
        run.Tracks.TryGetValue(track, out var row) ? $"{row.Label} ({row.Use})" : "missing";

    // Rows of a table have the digest of the columns that the recipe reads, so that of all rows may differ.
    private static void RequireContent(SavedRun first, SavedRun run)
    {
        var (a, b) = (Contents(first), Contents(run));
        string[] changed = [.. a.Keys.Where(t => !a[t].SetEquals(b[t])).Order(StringComparer.Ordinal)];
        if (changed.Length == 0 || (changed.Length == a.Count && first.Record.Data == run.Record.Data)) return;
        throw new EngineException($"ensemble: {changed.Length} of {a.Count} tracks have other content in {run.Folder} than in " +
            $"{first.Folder}, the first is {changed[0]}; train all on the same data.");
    }

    private static Dictionary<string, HashSet<string>> Contents(SavedRun run) =>
        run.Record.Rows.GroupBy(r => r.Track).ToDictionary(g => g.Key, g => g.Select(r => r.Digest).ToHashSet());

    private static RunRow[] Rows(SavedRun run, int round, RowUse use) =>
        [.. run.Record.Rows.Where(r => (r.In(round) & use) != 0)];
}
