namespace Engine.Classifiers.Evaluation;

/// <summary>Rows whose predicted label has a similar share.</summary>
/// <param name="From">The bin's lower edge, which belongs to the bin below.</param>
/// <param name="To">Its upper edge.</param>
/// <param name="Count">How many rows.</param>
/// <param name="Share">The mean share of their predicted labels; null without rows.</param>
/// <param name="Accuracy">How many of them are right, as a share; null without rows.</param>
public sealed record CalibrationBin(double From, double To, int Count, double? Share, double? Accuracy);

/// <summary>
/// How often predictions are right, by the share that the predicted label has: the curve behind the calibration error.
/// </summary>
internal sealed class CalibrationCurve
{
    /// <summary>The number of bins, of equal width.</summary>
    public const int BinCount = 15;

    private readonly int[] _counts = new int[BinCount];
    private readonly int[] _right = new int[BinCount];
    private readonly double[] _shares = new double[BinCount];
    private readonly double[] _gaps = new double[BinCount];
    private readonly int _rows;

    /// <summary>Sorts rows into bins by the predicted label's share of the row's sum.</summary>
    public CalibrationCurve(FeatureMatrix probabilities, ReadOnlySpan<int> labels, ReadOnlySpan<int> predicted)
    {
        _rows = labels.Length;
        for (var r = 0; r < labels.Length; r++)
        {
            double total = 0;
            foreach (var p in probabilities.Row(r)) total += p;
            var share = total > 0 ? probabilities[r, predicted[r]] / total : 0;
            var isRight = predicted[r] == labels[r] ? 1 : 0;
            var bin = Math.Clamp((int)Math.Ceiling(share * BinCount) - 1, 0, BinCount - 1);
            _counts[bin]++;
            _right[bin] += isRight;
            _shares[bin] += share;
            _gaps[bin] += share - isRight;
        }
    }

    /// <summary>See <see cref="MetricsReport.ExpectedCalibrationError"/>.</summary>
    public double Error => _gaps.Sum(Math.Abs) / _rows;

    /// <summary>How many rows there are.</summary>
    public int Rows => _rows;

    /// <summary>Every bin, from 0 to 1, with or without rows.</summary>
    public IReadOnlyList<CalibrationBin> Bins =>
        [.. Enumerable.Range(0, BinCount).Select(b => new CalibrationBin((double)b / BinCount, (b + 1.0) / BinCount, _counts[b],
            _counts[b] == 0 ? null : _shares[b] / _counts[b], _counts[b] == 0 ? null : (double)_right[b] / _counts[b]))];
}
