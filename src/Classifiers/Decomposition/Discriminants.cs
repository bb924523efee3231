using Engine.Classifiers.Numerics;
using Engine.Tensors.Serialization;

namespace Engine.Classifiers.Decomposition;

/// <summary>
/// Linear discriminant analysis (Fisher 1936; Rao 1948): directions along which the class means are far apart relative to the
/// spread within the classes. Along them the pooled within-class covariance is the identity. Directions in which the rows of
/// every class are constant are left out, as in scikit-learn's <c>svd</c> solver, and so are classes without rows.
/// </summary>
internal sealed class Discriminants
{
    // scikit-learn's tolerance for the singular values of standardised rows.
    private const double Tolerance = 1e-4;

    private const double MachineEpsilon = 1.0 / (1L << 52);

    private Discriminants(double[] offset, FeatureMatrix axes, FeatureMatrix centers, double[] priors) =>
        (Offset, Axes, Centers, Priors) = (offset, axes, centers, priors);

    /// <summary>The mean of all training rows.</summary>
    public double[] Offset { get; }

    /// <summary>
    /// The directions as rows, <c>[directions, columns]</c>, most discriminating first: at most one fewer than the classes.
    /// </summary>
    public FeatureMatrix Axes { get; }

    /// <summary>The class means along the directions, <c>[classes, directions]</c>; zeros for a class without rows.</summary>
    public FeatureMatrix Centers { get; }

    /// <summary>Each class's share of the training rows.</summary>
    public double[] Priors { get; }

    /// <summary>Each direction's share of the variance of the class means, weighted by the classes' shares of the rows.</summary>
    public double[] ExplainedVarianceRatio()
    {
        var variance = new double[Axes.Rows];
        for (var c = 0; c < Centers.Rows; c++)
        {
            for (var d = 0; d < variance.Length; d++) variance[d] += Priors[c] * Centers[c, d] * Centers[c, d];
        }

        return [.. variance.Select(v => v / variance.Sum())];
    }

    /// <summary>Learns from validated rows.</summary>
    /// <exception cref="EngineException">
    /// There is only one class, there are no more rows than classes, or the classes do not differ.
    /// </exception>
    public static Discriminants Fit(string owner, FeatureMatrix x, ReadOnlySpan<int> labels, int classes, int threads)
    {
        var (counts, means) = Means(x, labels, classes);
        var present = counts.Count(c => c > 0);
        if (present < 2)
            throw new EngineException($"{owner}: the training rows are all of class {labels[0]}; it needs two classes.");
        if (x.Rows <= present)
            throw new EngineException(
                $"{owner}: {x.Rows} rows of {present} classes; the spread within the classes needs more rows than classes.");
        double[] priors = [.. counts.Select(c => (double)c / x.Rows)];
        var offset = new double[x.Columns];
        for (var c = 0; c < classes; c++) Vectors.AddScaled(offset, priors[c], means.Row(c));

        // Within classes: scales columns to deviation 1, then their principal directions to variance 1.
        var within = new FeatureMatrix(x.Rows, x.Columns);
        var deviation = new double[x.Columns];
        for (var r = 0; r < x.Rows; r++)
        {
            var row = within.Row(r);
            x.Row(r).CopyTo(row);
            Vectors.AddScaled(row, -1, means.Row(labels[r]));
            for (var c = 0; c < row.Length; c++) deviation[c] += row[c] * row[c];
        }

        for (var c = 0; c < deviation.Length; c++)
        {
            // A spread no larger than the rounding of the means counts as none: with an infinite divisor, the column becomes 0.
            var noise = 0.0;
            for (var k = 0; k < classes; k++) noise = Math.Max(noise, x.Rows * MachineEpsilon * Math.Abs(means[k, c]));
            var root = Math.Sqrt(deviation[c] / x.Rows);
            deviation[c] = root > noise ? root : double.PositiveInfinity;
        }

        for (var r = 0; r < x.Rows; r++)
        {
            var row = within.Row(r);
            for (var c = 0; c < row.Length; c++) row[c] /= deviation[c];
        }

        var whitening = Whitening(within, x.Rows - present, threads);
        if (whitening.Rows == 0)
            throw new EngineException($"{owner}: the rows within every class are identical; there is no spread to measure with.");
        for (var i = 0; i < whitening.Rows; i++)
        {
            for (var c = 0; c < x.Columns; c++) whitening.Row(i)[c] /= deviation[c];
        }

        // Between classes, in those units: the principal directions of the means, each weighted by its number of rows.
        var between = Moved(means, offset, counts);
        var whitened = MatrixProduct.Multiply(between, whitening, transposeB: true);
        var weighted = new FeatureMatrix(classes, whitening.Rows, [.. whitened.Data]);
        for (var c = 0; c < classes; c++) Vectors.Scale(weighted.Row(c), Math.Sqrt((double)counts[c] / (classes - 1)));
        var (squares, directions) = SymmetricEigen.Largest(MatrixProduct.Gram(weighted, ofColumns: true), threads: threads);
        var kept = squares.TakeWhile((s, i) => i < present - 1 && s > Tolerance * Tolerance * squares[0]).Count();
        if (kept == 0) throw new EngineException($"{owner}: the class means are identical; no direction separates them.");
        directions = directions.Select([.. Enumerable.Range(0, kept)]);
        return new(offset, MatrixProduct.Multiply(directions, whitening),
            MatrixProduct.Multiply(whitened, directions, transposeB: true), priors);
    }

    /// <summary>Restores what <see cref="SaveState"/> returned.</summary>
    public static Discriminants Load(string owner, IReadOnlyDictionary<string, StoredTensor> state)
    {
        var offset = State.Doubles(state, owner, "offset", -1);
        var axes = State.Doubles(state, owner, "axes", -1, offset.Shape[0]);
        var centers = State.Doubles(state, owner, "centers", -1, axes.Shape[0]);
        var priors = State.Doubles(state, owner, "priors", centers.Shape[0]);
        foreach (var prior in (double[])priors.Data)
        {
            if (prior is < 0 or > 1)
                throw new EngineException($"{owner}: tensor 'priors' holds {prior}; a share is from 0 to 1.");
        }

        return new(
            (double[])offset.Data,
            new FeatureMatrix(axes.Shape[0], axes.Shape[1], (double[])axes.Data),
            new FeatureMatrix(centers.Shape[0], centers.Shape[1], (double[])centers.Data),
            (double[])priors.Data);
    }

    /// <summary>The state as named tensors.</summary>
    public IReadOnlyDictionary<string, StoredTensor> SaveState() => new Dictionary<string, StoredTensor>
    {
        ["offset"] = new(Offset, Offset.Length),
        ["axes"] = Axes.ToTensor(),
        ["centers"] = Centers.ToTensor(),
        ["priors"] = new(Priors, Priors.Length),
    };

    // The class means; zeros for a class without rows.
    private static (int[] Counts, FeatureMatrix Means) Means(FeatureMatrix x, ReadOnlySpan<int> labels, int classes)
    {
        var (counts, means) = (new int[classes], new FeatureMatrix(classes, x.Columns));
        foreach (var label in labels) counts[label]++;
        for (var r = 0; r < x.Rows; r++) Vectors.AddScaled(means.Row(labels[r]), 1.0 / counts[labels[r]], x.Row(r));
        return (counts, means);
    }

    private static FeatureMatrix Moved(FeatureMatrix means, double[] offset, int[] counts)
    {
        var moved = new FeatureMatrix(means.Rows, means.Columns);
        for (var c = 0; c < means.Rows; c++)
        {
            if (counts[c] == 0) continue;
            means.Row(c).CopyTo(moved.Row(c));
            Vectors.AddScaled(moved.Row(c), -1, offset);
        }

        return moved;
    }

    // Rows w with w·x of variance 1 and uncorrelated, for the directions in which x varies.
    private static FeatureMatrix Whitening(FeatureMatrix x, int freedom, int threads)
    {
        var axes = PrincipalAxes.Full(x, new double[x.Columns], Math.Min(x.Rows, x.Columns), threads);
        var kept = axes.Squares.TakeWhile(s => Math.Sqrt(s / freedom) > Tolerance).Count();
        var whitening = axes.Axes.Select([.. Enumerable.Range(0, kept)]);
        for (var i = 0; i < kept; i++) Vectors.Scale(whitening.Row(i), Math.Sqrt(freedom / axes.Squares[i]));
        return whitening;
    }
}
