using System.Globalization;
using Engine.Tensors;
using Engine.Tensors.Cpu;

namespace Engine.Classifiers.Selection;

/// <summary>How two columns, or a column and the labels, are compared.</summary>
public enum CorrelationMeasure
{
    /// <summary>|Pearson's r|; for labels, the correlation ratio.</summary>
    Pearson,

    /// <summary>|Spearman's ρ|; for labels, the correlation ratio of the ranks.</summary>
    Spearman,

    /// <summary>The maximal information coefficient; for labels, that of the classes.</summary>
    Mic,
}

/// <summary>Keeps columns that correlate with the labels and do not repeat another.</summary>
/// <param name="Measure">What correlation means.</param>
/// <param name="Label">The least correlation with the labels.</param>
/// <param name="Repeat">
/// The correlation above which one column repeats another; the one that says less about the labels goes.
/// </param>
public sealed record CorrelationOptions(
    CorrelationMeasure Measure = CorrelationMeasure.Pearson,
    [property: Range(0, 1)] double Label = 0.2,
    [property: Range(0, 1)] double Repeat = 0.95) : SelectionOptions
{
    /// <inheritdoc/>
    public override IColumnStep Create(FitSettings settings = default) =>
        new CorrelationSelection(this) { Threads = settings.Threads };

    /// <inheritdoc/>
    public override string Describe() =>
        string.Create(CultureInfo.InvariantCulture,
            $"columns that correlate ({Measure.ToString().ToLowerInvariant()}) with the labels at {Label} or more "
            + $"and with no other above {Repeat}");
}

/// <summary>
/// Drops columns that do not correlate with the labels and columns that repeat another one: in order of their correlation with
/// the labels, strongest first, a column is kept if it reaches <see cref="CorrelationOptions.Label"/> and its correlation with
/// every column already kept is at most <see cref="CorrelationOptions.Repeat"/>. Ties are in column order.
/// </summary>
public sealed class CorrelationSelection : ColumnSelection
{
    private readonly CorrelationOptions _options;

    /// <summary>An unfitted selection.</summary>
    /// <exception cref="EngineException">
    /// A limit is outside [0, 1], or the measure is not a member of its enumeration.
    /// </exception>
    public CorrelationSelection(CorrelationOptions options)
    {
        _options = OptionCheck.Require(Name, options);
    }

    /// <summary>1: work stays on the calling thread; else it uses the worker pool. The result is the same.</summary>
    public int Threads { get; init; }

    private protected override int[] Choose(FeatureMatrix x, ReadOnlySpan<int> labels, int classes)
    {
        var columns = Correlation.Columns(x);
        var relevance = Relevance(columns, labels.ToArray(), classes);
        var order = Enumerable.Range(0, x.Columns).OrderByDescending(c => relevance[c]).ThenBy(c => c).ToArray();
        if (relevance[order[0]] < _options.Label)
        {
            throw new EngineException(
                $"{Name}: no column correlates with the labels at {_options.Label}; the strongest, column {order[0]}, at "
                    + $"{relevance[order[0]]:G4}.");
        }

        var repeats = Repeats(x, columns);
        var kept = new List<int>();
        foreach (var c in order)
        {
            if (relevance[c] >= _options.Label && !repeats(c, kept)) kept.Add(c);
        }

        return [.. kept];
    }

    private double[] Relevance(FeatureMatrix columns, int[] labels, int classes)
    {
        var relevance = new double[columns.Rows];
        For(relevance.Length, c => relevance[c] = _options.Measure switch
        {
            CorrelationMeasure.Pearson => Correlation.Ratio(columns.Row(c), labels, classes),
            CorrelationMeasure.Spearman => Correlation.Ratio(Ranks.Of(columns.Row(c)), labels, classes),
            _ => MaximalInformation.WithLabels(columns.Row(c), labels, classes),
        });
        return relevance;
    }

    // Whether a column repeats one of those kept.
    private Func<int, List<int>, bool> Repeats(FeatureMatrix x, FeatureMatrix columns)
    {
        if (_options.Measure == CorrelationMeasure.Mic)
        {
            // Expensive enough to compute only for pairs that are actually compared.
            SortedValues[] sorted = [.. Enumerable.Range(0, columns.Rows).Select(c => new SortedValues(columns.Row(c)))];
            return (c, kept) =>
            {
                var above = new bool[kept.Count];
                For(above.Length, i => above[i] = MaximalInformation.Coefficient(sorted[c], sorted[kept[i]]) > _options.Repeat);
                return above.Contains(true);
            };
        }

        var r = _options.Measure == CorrelationMeasure.Spearman ? Correlation.Spearman(x) : Correlation.Pearson(x);
        return (c, kept) => kept.Any(k => Math.Abs(r[c, k]) > _options.Repeat);
    }

    private void For(int count, Action<int> body)
    {
        if (Threads != 1) WorkerPool.Run(count, body);
        else for (var i = 0; i < count; i++) body(i);
    }
}
