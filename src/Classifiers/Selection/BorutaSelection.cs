using Engine.Classifiers.Evaluation;
using Engine.Classifiers.Trees;
using Engine.Tensors;

namespace Engine.Classifiers.Selection;

/// <summary>
/// Keeps every column that says more about the labels than chance (Kursa and Rudnicki, "Feature selection with the Boruta
/// package", 2010). Each run grows a forest on the columns and shuffled copies of them, their shadows; a column scores a hit if
/// its Z-score (the loss of accuracy when it is shuffled, over its deviation between trees) beats that of the best shadow. A
/// binomial test, corrected for the number of columns, confirms columns that score too often for chance and rejects those that
/// score too rarely; rejected ones are left out of later forests. Related columns are all kept: this finds all relevant columns,
/// not the smallest set.
/// </summary>
public sealed class BorutaSelection : ColumnSelection
{
    // With fewer shadows, the best of them would be too easy to beat.
    private const int FewestShadows = 5;

    private readonly BorutaOptions _options;
    private BorutaVerdict[] _verdicts = [];

    /// <summary>An unfitted selection.</summary>
    /// <exception cref="EngineException">A setting is out of range; the message says which.</exception>
    public BorutaSelection(BorutaOptions options)
    {
        _options = OptionCheck.Require(Name, options);
    }

    /// <summary>1: only the calling thread; otherwise the whole worker pool. The result is the same.</summary>
    public int Threads { get; set; }

    /// <summary>The seed of shadows and forests.</summary>
    public ulong Seed { get; set; }

    /// <summary>Stops a fit after the current run.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>Receives the number of finished runs after each.</summary>
    public IProgress<int>? Progress { get; set; }

    /// <summary>The verdict on each column; empty unless this instance was fitted.</summary>
    public ReadOnlySpan<BorutaVerdict> Verdicts => _verdicts;

    /// <summary>What Boruta finds about each column, whether or not it would keep any.</summary>
    /// <exception cref="EngineException">
    /// No row or column, other numbers of rows and labels, a label out of range, or a value that is not finite.
    /// </exception>
    public BorutaFindings Examine(FeatureMatrix x, ReadOnlySpan<int> labels, int classes)
    {
        TrainingRows.Require(Name, x, labels, classes);
        var (verdicts, hits) = (new BorutaVerdict[x.Columns], new int[x.Columns]);
        var (sums, runs, best, finished) = (new double[x.Columns], new int[x.Columns], 0.0, 0);
        while (finished < _options.MaxRuns && verdicts.Contains(BorutaVerdict.Tentative))
        {
            Cancellation.ThrowIfCancellationRequested();
            var run = ++finished;
            int[] open = [.. Enumerable.Range(0, x.Columns).Where(c => verdicts[c] != BorutaVerdict.Rejected)];
            var scores = Scores(x, labels, classes, open, run);
            var shadow = scores[open.Length..].Max();
            best += shadow;
            for (var i = 0; i < open.Length; i++)
            {
                hits[open[i]] += scores[i] > shadow ? 1 : 0;
                sums[open[i]] += scores[i];
                runs[open[i]]++;
            }

            for (var c = 0; c < x.Columns; c++)
            {
                if (verdicts[c] == BorutaVerdict.Tentative) verdicts[c] = Judge(hits[c], run, x.Columns);
            }

            Progress?.Report(run);
        }

        return new(verdicts, [.. sums.Zip(runs, (sum, count) => sum / count)], hits, best / finished, finished);
    }

    private protected override int[] Choose(FeatureMatrix x, ReadOnlySpan<int> labels, int classes)
    {
        BorutaVerdict[] verdicts = [.. Examine(x, labels, classes).Verdicts];
        int[] kept = [.. Enumerable.Range(0, x.Columns)
            .Where(c => verdicts[c] == BorutaVerdict.Confirmed
                || (_options.KeepTentative && verdicts[c] == BorutaVerdict.Tentative))];
        if (kept.Length == 0)
            throw new EngineException($"{Name}: none of {x.Columns} columns says more about the labels than a shuffled one.");
        _verdicts = verdicts;
        return kept;
    }

    // The Z-scores of the undecided columns, then of their shadows.
    private double[] Scores(FeatureMatrix x, ReadOnlySpan<int> labels, int classes, int[] open, int run)
    {
        var shadows = Math.Max(open.Length, FewestShadows);
        var extended = new FeatureMatrix(x.Rows, open.Length + shadows);
        for (var i = 0; i < extended.Columns; i++)
        {
            var column = open[i < open.Length ? i : (i - open.Length) % open.Length];
            var order = Enumerable.Range(0, x.Rows).ToArray();
            if (i >= open.Length) new RandomStream(Seed, $"shadow/{run}/{i - open.Length}").Shuffle<int>(order);
            for (var r = 0; r < order.Length; r++) extended.Row(r)[i] = x[order[r], column];
        }

        var random = new RandomStream(Seed, $"boruta/{run}");
        var forest = new ForestClassifier(new ForestOptions { Trees = _options.Trees, OutOfBagImportance = true })
        {
            Seed = ((ulong)random.NextUInt32() << 32) | random.NextUInt32(),
            Threads = Threads,
            Cancellation = Cancellation,
        };
        forest.Fit(extended, labels, classes);
        return forest.OutOfBagImportance!.ZScores;
    }

    // Both tails of as many coin tosses, with Bonferroni's correction.
    private BorutaVerdict Judge(int hits, int runs, int columns)
    {
        var limit = _options.Alpha / columns;
        if (hits > 0 && SpecialFunctions.IncompleteBeta(hits, runs - hits + 1, 0.5) < limit) return BorutaVerdict.Confirmed;
        return hits < runs && SpecialFunctions.IncompleteBeta(runs - hits, hits + 1, 0.5) < limit
            ? BorutaVerdict.Rejected : BorutaVerdict.Tentative;
    }
}
