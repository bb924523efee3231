using System.Globalization;
using Engine.Classifiers.Evaluation;

namespace Engine.Pipeline.Runs;

/// <summary>
/// The columns of a CSV file that hold the numbers of every label: <c>probability_LABEL</c>, or <c>score_LABEL</c> if they are
/// not calibrated. With more than <see cref="MostLabels"/> labels they are the best <see cref="Best"/> of each row, as
/// <c>genre_1,probability_1</c> and so on: all of them would dwarf everything else.
/// </summary>
internal sealed class PredictionColumns
{
    /// <summary>How the names begin.</summary>
    public const string ProbabilityPrefix = "probability_", ScorePrefix = "score_", BestPrefix = "genre_";

    /// <summary>The most labels that all have a column, and how many are listed otherwise.</summary>
    public const int MostLabels = Metrics.MostMatrixLabels, Best = 10;

    private readonly IReadOnlyList<string> _labels;
    private readonly bool _isWhole, _hasScores;

    /// <summary>For these labels; with <paramref name="hasScores"/>, their scores follow the probabilities.</summary>
    public PredictionColumns(IReadOnlyList<string> labels, bool calibrated, bool hasScores = false)
    {
        (_labels, _isWhole, _hasScores) = (labels, labels.Count <= MostLabels, hasScores);
        var number = calibrated ? ProbabilityPrefix : ScorePrefix;
        Names = _isWhole
            ? [.. labels.Select(l => number + l), .. hasScores ? labels.Select(l => ScorePrefix + l) : []]
            : [.. Enumerable.Range(1, Best).SelectMany(k => new[] { $"{BestPrefix}{k}", $"{number}{k}" })];
    }

    /// <summary>The columns' names.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The fields of one row, as many as there are names.</summary>
    public IEnumerable<string> Of(IReadOnlyList<double> probabilities, IReadOnlyList<double>? scores = null) => _isWhole
        ? probabilities.Concat(_hasScores ? scores ?? probabilities : []).Select(Text)
        : BestOf(probabilities).SelectMany(l => new[] { _labels[l], Text(probabilities[l]) });

    // The best first, ties in the order of the labels.
    private static int[] BestOf(IReadOnlyList<double> values)
    {
        var best = new int[Best];
        var count = 0;
        for (var label = 0; label < values.Count; label++)
        {
            if (count == Best && values[label] <= values[best[^1]]) continue;
            var at = Math.Min(count, Best - 1);
            for (; at > 0 && values[best[at - 1]] < values[label]; at--) best[at] = best[at - 1];
            best[at] = label;
            count = Math.Min(count + 1, Best);
        }

        return best;
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
