using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Fitting.Calibrating;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;

namespace Engine.Pipeline.Runs.Ensembles;

/// <summary>
/// What the members of an ensemble give for tracks that they have not learned from and that the round does not test: listed
/// validation tracks or, without them, parts of the training tracks. A classifier is fitted again without them; a network is not,
/// so it needs validation tracks, and its stored model, which is that of the first round.
/// </summary>
internal sealed class HeldOutTracks
{
    private readonly IReadOnlyList<SavedRun> _runs;
    private readonly IReadOnlyList<GenreModel> _models;
    private readonly WorkOptions _work;
    private readonly LabelledRows[] _data;
    private readonly Rounds[] _rounds;

    /// <summary>Reads the data of the runs.</summary>
    /// <exception cref="EngineException">A network has no such tracks, or the data are gone or have changed.</exception>
    public HeldOutTracks(IReadOnlyList<SavedRun> runs, IReadOnlyList<GenreModel> models, WorkOptions work)
    {
        (_runs, _models, _work) = (runs, models, work);
        foreach (var run in runs) RequireTracks(run);
        _data = [.. runs.Select((run, m) => OwnData.Load(run.Folder, run.Record, models[m].FrontEnd, work,
            [.. run.Record.Rows.Where(r => Enumerable.Range(0, run.Record.Rounds).Any(f => (r.In(f) & RowUse.Learned) != 0))],
            "put them back there, or combine by mean, which needs no data.", "Train all runs again, or combine by mean."))];
        _rounds = [.. runs.Select((run, m) => new Rounds(run.Record.Recipe, _data[m], run.Record.Labels))];
    }

    /// <summary>The members' probabilities of the same tracks, and the tracks' labels.</summary>
    /// <param name="round">The round, counted from 0.</param>
    /// <exception cref="EngineException">A member cannot be fitted, or there are too few tracks.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public (FeatureMatrix[] Members, int[] Labels) Of(int round)
    {
        var parts = Parts(round);
        var given = Enumerable.Range(0, _runs.Count).Select(m => Of(m, round, parts)).ToArray();
        var odd = Array.FindIndex(given, g => !g.Tracks.SequenceEqual(given[0].Tracks));
        return odd < 0 ? ([.. given.Select(g => g.Values)], given[0].Labels)
            : throw new EngineException($"{_runs[odd].Folder}: its data have other tracks than those of {_runs[0].Folder} now.");
    }

    private static void RequireTracks(SavedRun run)
    {
        var record = run.Record;
        if (!record.Recipe.Classifier.HasNetwork) return;
        if (!HasValidation(run, 0) || record.Rounds > 1 || record.Final)
        {
            throw new EngineException($"ensemble: {run.Folder} is a network, which is not trained again, and has no tracks " +
                "besides those it learned from and those tested; combine by mean, or train all runs with --split " +
                "files:TRAIN,VALID,TEST.");
        }
    }

    private static bool HasValidation(SavedRun run, int round) => run.Record.Rows.Any(r => r.In(round) == RowUse.Valid);

    private HashSet<TrackId>[] Parts(int round)
    {
        if (HasValidation(_runs[0], round))
            return [[.. Rows(0, round, RowUse.Valid).Select(r => _data[0].Rows[r].Track)]];
        var job = Jobs(0).Create(new Fold(Rows(0, round, RowUse.Train), [], []), round);
        var parts = HeldOutParts.Of(job, columns: 0);
        return parts.Count > 0 ? [.. parts.Select(p => p.Select(r => job.Train.Samples[r].Track).ToHashSet())]
            : throw new EngineException($"ensemble: round {round + 1} has fewer than {HeldOutParts.FewestTracks} training " +
                "tracks that could be held out to fit the combination; combine by mean.");
    }

    private TrackScores Of(int member, int round, HashSet<TrackId>[] parts)
    {
        TrackScores? all = null;
        foreach (var part in parts)
        {
            _work.Cancellation.ThrowIfCancellationRequested();
            bool IsHeld(int row) => part.Contains(_data[member].Rows[row].Track);
            var learned = Rows(member, round, RowUse.Learned);
            int[] held = [.. learned.Where(IsHeld)];
            TrackScores scores;
            if (_runs[member].Record.Recipe.Classifier.HasNetwork)
            {
                scores = TrackScores.Of(_models[member].Fitted(), _data[member], _rounds[member], held);
            }
            else
            {
                var fold = new Fold([.. learned.Where(r => !IsHeld(r))], [], held);
                using var copy = FittedPipeline.Fit(Jobs(member).Create(fold, round)).Pipeline;
                scores = TrackScores.Of(copy, _data[member], _rounds[member], held);
            }

            all = all is null ? scores : all.Then(scores);
        }

        return all!;
    }

    private RoundJobs Jobs(int member) => new(_runs[member].Record.Recipe, _models[member].FrontEnd, _data[member],
        _rounds[member], SplitSpec.Parse(_runs[member].Record.Split), _runs[member].Record.Seed, _models[member].Device, _work);

    private int[] Rows(int member, int round, RowUse use)
    {
        var names = _runs[member].Record.Rows.Where(r => (r.In(round) & use) != 0).Select(r => r.Name).ToHashSet();
        return [.. Enumerable.Range(0, _data[member].Rows.Count).Where(i => names.Contains(_data[member].Rows[i].Name))];
    }
}
