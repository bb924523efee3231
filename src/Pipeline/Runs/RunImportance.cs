using Engine.Classifiers;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;

namespace Engine.Pipeline.Runs;

/// <summary>
/// How much accuracy a run's model loses on the rows tested in round 1 when a column is shuffled among them. Unlike the weights
/// or split counts of a classifier, this is the same measure for every recipe of plain columns, and one of new songs.
/// </summary>
/// <param name="Record">The run.</param>
/// <param name="Columns">The columns that its recipe reads.</param>
/// <param name="Loss">The loss of accuracy by column.</param>
/// <param name="Rows">How many rows were tested.</param>
internal sealed record RunImportance(RunRecord Record, IReadOnlyList<string> Columns, ColumnImportance Loss, int Rows)
{
    /// <summary>Shuffles of each column.</summary>
    public const int Repeats = 5;

    /// <summary>Measures a finished run.</summary>
    /// <exception cref="EngineException">
    /// The run is not finished, its recipe reads windows of audio, or its data are gone or have changed.
    /// </exception>
    public static RunImportance Of(string run, WorkOptions work)
    {
        work.UseThreads();
        var record = RunRecord.Load(run);
        RunFolder.RequireFinished(run);
        if (record.Final)
            throw new EngineException($"{run}: its model was fitted on the tested rows too (--final), so they cannot tell " +
                "what a column is worth on new songs; train without --final to draw that.");
        using var model = GenreModel.Load(run, device: null, work.MemoryLimit);
        RunColumns.RequireColumns(run, record, model.FrontEnd);
        var tested = record.Rows.Where(r => r.In(0).HasFlag(RowUse.Test)).ToArray();
        var data = RunColumns.Load(run, record, model.FrontEnd, work, tested);
        var names = tested.Select(r => r.Name).ToHashSet();
        int[] rows = [.. Enumerable.Range(0, data.Rows.Count).Where(i => names.Contains(data.Rows[i].Name))];
        int[] labels = new Rounds(record.Recipe, data, record.Labels).Targets(rows);
        var fitted = model.Fitted();
        FeatureMatrix Probabilities(FeatureMatrix x)
        {
            work.Cancellation.ThrowIfCancellationRequested();
            return fitted.PredictProbabilities(RowSet.Of(new FeatureRows(0, x)));
        }

        try
        {
            var loss = PermutationImportance.Of(Probabilities, data.Values.Select(rows), labels, Repeats, record.Seed);
            return new(record, model.FrontEnd.Columns, loss, rows.Length);
        }
        catch (EngineException e)
        {
            throw new EngineException(
                $"{run}: recipe {record.Recipe.Name} cannot read a row in which one column is another song's: {e.Message}", e);
        }
    }
}
