using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Classifiers.Evaluation.Names;
using Engine.Pipeline.Fitting;

namespace Engine.Pipeline.Runs.Ensembles;

/// <summary>Tests an ensemble of runs again: each member labels the tracks from features of its own.</summary>
internal static class EnsembleTesting
{
    /// <summary>Tests it on the tracks of its own first round, or on those of other data that it has not learned from.</summary>
    /// <exception cref="EngineException">The data cannot be used, or have changed since training.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TestingResult Run(TestingOptions options, RunRecord record, GenreModel model)
    {
        if (options.Data is null && record.Final)
        {
            throw new EngineException($"{options.Run}: its models were fitted on all its data (--final), so a test on them " +
                $"would be no test. The figures of the split are in {RunFolder.MetricsFile} (engine report {options.Run}); " +
                "to test on other data, name them.");
        }

        return Combine(options, record, model, [.. model.Members.Select(
            (m, i) => options.Data is null ? Own(options, record, m, i == 0) : Other(options, record, m))]);
    }

    private sealed record Tested(LabelledRows Data, TrackScores Scores, int Known);

    // Further rounds would need models that are not kept.
    private static Tested Own(TestingOptions options, RunRecord record, GenreModel member, bool isFirst)
    {
        if (!Path.Exists(record.Data))
        {
            throw new EngineException($"{record.Data}: the data of the run {options.Run} are gone; if they moved, name them: " +
                $"engine test {options.Run} DATA.");
        }

        var wanted = record.Rows.Where(r => r.In(0).HasFlag(RowUse.Test)).ToDictionary(r => r.Track);
        var data = LabelledRows.Load(record.Data, member.FrontEnd, options.Extraction, record.DataOptions,
            wanted.Keys.Select(t => new TrackId(t)).ToHashSet());
        var found = data.Rows.ToLookup(r => r.Track.Value, r => r.Digest);
        // Digests are those of the first member's columns.
        var changed = wanted.Values
            .Where(r => !found.Contains(r.Track) || (isFirst && !found[r.Track].Contains(r.Digest))).ToArray();
        if (changed.Length > 0)
        {
            throw new EngineException($"{record.Data}: {changed.Length} of {wanted.Count} tracks are missing or have changed " +
                $"since training; the first is {changed[0].Track}. To test on the data as they are now, name them: engine test " +
                $"{options.Run} DATA.");
        }

        return Test(record, member, data, [.. Enumerable.Range(0, data.Rows.Count)], 0);
    }

    private static Tested Other(TestingOptions options, RunRecord record, GenreModel member)
    {
        var reading = Directory.Exists(options.Data) ? options.Reading : options.Reading.Or(record.DataOptions);
        var data = LabelledRows.Load(options.Data!, member.FrontEnd, options.Extraction, reading);
        var learned = record.Rows.Where(record.HasLearned).ToArray();
        var (tracks, digests) = (learned.Select(r => r.Track).ToHashSet(), learned.Select(r => r.Digest).ToHashSet());
        var stems = data.Doubt is null ? [] : learned.Select(r => NumberedNames.WithoutExtension(r.Track)).ToHashSet();
        int[] rows = [.. Enumerable.Range(0, data.Rows.Count).Where(i => !tracks.Contains(data.Rows[i].Track.Value)
            && !digests.Contains(data.Rows[i].Digest) && !Testing.IsWindow(data.Rows[i], stems))];
        return Test(record, member, data, rows, data.Rows.Count - rows.Length);
    }

    private static Tested Test(RunRecord record, GenreModel member, LabelledRows data, int[] rows, int known)
    {
        if (rows.Length == 0)
        {
            throw new EngineException(
                $"{data.Source}: the model was trained on all {known} rows, by track or content; there is nothing to test on.");
        }

        return new(data, TrackScores.Of(member.Fitted(), data, new Rounds(member.Recipe, data, record.Labels), rows), known);
    }

    private static TestingResult Combine(TestingOptions options, RunRecord record, GenreModel model, Tested[] members)
    {
        var first = members[0];
        var common = members.Select(m => m.Scores.Tracks.ToHashSet()).Aggregate((a, b) => [.. a.Intersect(b)]);
        TrackId[] tracks = [.. first.Scores.Tracks.Where(common.Contains)];
        if (tracks.Length == 0)
            throw new EngineException($"{first.Data.Source}: there is no track that all members of {options.Run} can read.");
        FeatureMatrix Of(TrackScores scores) => scores.Values.Select([.. tracks.Select(t => Array.IndexOf(scores.Tracks, t))]);
        int[] labels = [.. tracks.Select(t => first.Scores.Labels[Array.IndexOf(first.Scores.Tracks, t)])];
        var probabilities = ((ModelEnsemble)model.Fitted()).Of([.. members.Select(m => Of(m.Scores))]);
        var learned = record.Rows.Where(record.HasLearned).Count();
        var isOther = options.Data is not null;
        var report = Rounds.Report([new([.. tracks.Select(t => t.Value)], probabilities, labels, learned, null)], record.Labels,
            overlapping: false).Under(isOther
                ? $"other data: {tracks.Length} tracks of {first.Data.Source}; trained with {record.Protocol}" : record.Protocol,
            leaky: false) with
        {
            Recipe = record.Recipe.Name,
            Device = model.Device.Name,
            Seed = record.Seed,
            NTrain = learned,
            Calibrated = model.IsCalibrated,
        };
        var skipped = members.SelectMany(m => m.Data.Skipped).Distinct().ToArray();
        return new(report, Describe(record, first.Data, tracks, probabilities, labels),
            Notes(options, record, members, common.Count), skipped)
        {
            Data = Path.GetFullPath(first.Data.Source),
            IsOtherData = isOther,
        };
    }

    private static List<string> Notes(TestingOptions options, RunRecord record, Tested[] members, int common)
    {
        List<string> notes = options.Data is null ? [.. record.Notes] : [.. members.SelectMany(m => m.Data.Notes).Distinct()];
        if (options.Data is null && record.Rounds > 1)
        {
            notes.Add($"figures of round 1 of {record.Rounds}, whose models are stored: those of further rounds are not kept, " +
                "and not trained again for a test of an ensemble");
        }

        if (members[0].Known > 0)
        {
            notes.Add($"{members[0].Known} rows are of tracks that the models were trained on, by name or content, and were " +
                "left out");
        }

        var most = members.Max(m => m.Scores.Tracks.Length);
        if (most > common) notes.Add($"{most - common} tracks that not every member could read were left out");
        return notes;
    }

    private static TestedRow[] Describe(
        RunRecord record, LabelledRows data, TrackId[] tracks, FeatureMatrix probabilities, int[] labels)
    {
        var paths = data.Rows.GroupBy(r => r.Track).ToDictionary(g => g.Key, g => g.First().Path);
        var predicted = probabilities.ArgMax();
        return [.. tracks.Select((track, t) => new TestedRow(track.Value, paths[track], record.Labels[labels[t]],
            record.Labels[predicted[t]], probabilities.Row(t).ToArray(), 1))];
    }
}
