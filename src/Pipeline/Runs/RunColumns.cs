using Engine.Classifiers;
using Engine.Pipeline.Data;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;

namespace Engine.Pipeline.Runs;

/// <summary>Named feature columns with a genre for each row: those of a run or of a feature table.</summary>
/// <param name="Source">The run or table, for errors and titles.</param>
/// <param name="Names">The columns.</param>
/// <param name="Values">Their values, <c>[rows, columns]</c>.</param>
/// <param name="Genres">The genre of each row; empty where a table does not say.</param>
internal sealed record RunColumns(string Source, IReadOnlyList<string> Names, FeatureMatrix Values, IReadOnlyList<string> Genres)
{
    /// <summary>The rows that the run's model learned from in round 1; null for a table.</summary>
    public int[]? Learned { get; init; }

    /// <summary>The rows tested in round 1; null for a table.</summary>
    public int[]? Tested { get; init; }

    /// <summary>The columns of a feature table; it need not have genres.</summary>
    /// <exception cref="EngineException">The table cannot be read, or has no rows or columns.</exception>
    public static RunColumns OfTable(string path, DataOptions? reading = null, Action<string>? warn = null)
    {
        var table = ChosenColumns.Read(path, reading ?? new(), needsLabels: false, warn);
        if (table.Rows.Count == 0 || table.Columns.Count == 0)
        {
            throw new EngineException(
                $"{path}: has {table.Rows.Count} rows and {table.Columns.Count} feature columns; there is nothing to draw.");
        }

        return new(path, table.Columns, table.Values, [.. table.Rows.Select(r => GenreFolders.Label(r.Label))]);
    }

    /// <summary>The columns that the recipe of a run reads, of all its rows.</summary>
    /// <exception cref="EngineException">
    /// The run cannot be used, its recipe reads windows of audio, or its data are gone or have changed.
    /// </exception>
    public static RunColumns OfRun(string run, WorkOptions work)
    {
        work.UseThreads();
        var record = RunRecord.Load(run);
        var frontEnd = new FrontEnd(record.Recipe.FrontEnd);
        RequireColumns(run, record, frontEnd);
        var data = Load(run, record, frontEnd, work, [.. record.Rows]);
        int[] Rows(RowUse use)
        {
            var names = record.Rows.Where(r => (r.In(0) & use) != 0).Select(r => r.Name).ToHashSet();
            return [.. Enumerable.Range(0, data.Rows.Count).Where(i => names.Contains(data.Rows[i].Name))];
        }

        return new(run, frontEnd.Columns, data.Values, [.. data.Rows.Select(r => r.Label)])
        {
            Learned = Rows(RowUse.Learned),
            Tested = Rows(RowUse.Test),
        };
    }

    /// <summary>Throws unless the recipe reads plain columns alone.</summary>
    internal static void RequireColumns(string run, RunRecord record, FrontEnd frontEnd)
    {
        if (record.Recipe.Classifier is RunsSpec runs)
            throw new EngineException($"{run}: is an ensemble of runs; name one of them, such as {runs.Members[0].Run}.");
        if (frontEnd.WindowSizes.Count == 0) return;
        throw new EngineException($"{run}: recipe {record.Recipe.Name} reads windows of audio, whose single values mean little; "
            + "make a table of features and draw that: engine features DATA --set gtzan57 --out F.csv");
    }

    /// <summary>Rows of a run's data, for pictures.</summary>
    internal static LabelledRows Load(string run, RunRecord record, FrontEnd frontEnd, WorkOptions work, RunRow[] wanted) =>
        OwnData.Load(run, record, frontEnd, work, wanted, "put them back there to draw them.",
            "Put back the data it was trained on, or train again.");
}
