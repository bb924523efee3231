using Engine.Classifiers.Numerics;
using Engine.Tensors;
using Engine.Tensors.Serialization;

namespace Engine.Classifiers.Bayes;

/// <summary>Gaussian naive Bayes.</summary>
/// <param name="VarSmoothing">The share of the largest variance of a column that is added to all variances.</param>
public sealed record NaiveBayesOptions([property: Range(Minimum = 0)] double VarSmoothing = 1e-9) : TabularOptions
{
    /// <inheritdoc/>
    public override IClassifier Create(FitSettings settings = default) => new GaussianNaiveBayes(VarSmoothing);
}

/// <summary>
/// Gaussian naive Bayes: within a class the columns are modelled as independent and normal (scikit-learn's <c>GaussianNB</c>).
/// Variances are raised by a share of the largest column variance, so that a constant column decides nothing. Classes without
/// training rows get probability 0.
/// </summary>
public sealed class GaussianNaiveBayes : IClassifier
{
    private const string Name = "GaussianNaiveBayes";

    private FeatureMatrix? _means;
    private FeatureMatrix? _variances;
    private double[] _priors = [];

    /// <summary>An unfitted classifier.</summary>
    /// <param name="smoothing">The share of the largest column variance added to all variances; at least 0.</param>
    /// <exception cref="EngineException">The share is negative or not finite.</exception>
    public GaussianNaiveBayes(double smoothing = 1e-9)
    {
        if (!(smoothing >= 0 && double.IsFinite(smoothing)))
            throw new EngineException($"{Name}: smoothing is {smoothing}; it must be at least 0.");
        Smoothing = smoothing;
    }

    /// <summary>The share of the largest column variance added to all variances.</summary>
    public double Smoothing { get; }

    /// <inheritdoc/>
    public int Classes => _priors.Length;

    /// <inheritdoc/>
    public int Columns => _means?.Columns ?? 0;

    /// <inheritdoc/>
    public void Fit(FeatureMatrix x, ReadOnlySpan<int> labels, int classes)
    {
        TrainingRows.Require(Name, x, labels, classes);
        var (means, variances, priors) =
            (new FeatureMatrix(classes, x.Columns), new FeatureMatrix(classes, x.Columns), new double[classes]);
        var counts = new int[classes];
        foreach (var label in labels) counts[label]++;
        Accumulate(means, labels, (r, c, _) => x[r, c]);
        Divide(means, counts);
        Accumulate(variances, labels, (r, c, k) => Square(x[r, c] - means[k, c]));
        Divide(variances, counts);

        var raise = Smoothing * LargestVariance(x);
        foreach (ref var v in variances.Data.AsSpan()) v += raise;
        for (var i = 0; i < variances.Data.Length; i++)
        {
            if (counts[i / x.Columns] == 0) continue;
            if (!double.IsFinite(variances.Data[i]) || !double.IsFinite(means.Data[i]))
                throw new EngineException($"{Name}: column {i % x.Columns} has too wide a range; its variance overflows.");
            if (variances.Data[i] == 0)
                throw new EngineException($"{Name}: column {i % x.Columns} is constant in class {i / x.Columns} and smoothing " +
                    $"is {Smoothing}; its variance would be 0.");
        }

        for (var k = 0; k < classes; k++) priors[k] = (double)counts[k] / x.Rows;
        (_means, _variances, _priors) = (means, variances, priors);
    }

    /// <inheritdoc/>
    public FeatureMatrix PredictProbabilities(FeatureMatrix x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (_means is null || _variances is null) throw new EngineException($"{Name}: not fitted yet.");
        x.RequireColumns(Name, Columns);
        x.RequireFinite(Name);
        var probabilities = new FeatureMatrix(x.Rows, Classes);
        var constants = new double[Classes];
        for (var k = 0; k < Classes; k++)
        {
            constants[k] = Math.Log(_priors[k]);
            for (var c = 0; c < Columns && _priors[k] > 0; c++) constants[k] -= 0.5 * Math.Log(2 * Math.PI * _variances[k, c]);
        }

        for (var r = 0; r < x.Rows; r++)
        {
            var row = probabilities.Row(r);
            for (var k = 0; k < row.Length; k++)
            {
                row[k] = constants[k];
                for (var c = 0; c < Columns && _priors[k] > 0; c++)
                    row[k] -= 0.5 * Square(x[r, c] - _means[k, c]) / _variances[k, c];
            }

            // Squared distances overflowed, so every density would be 0.
            if (row.IndexOfAnyExcept(double.NegativeInfinity) < 0)
                throw new EngineException($"{Name}: row {r} is so far from every class that all densities underflow.");
            Softmax.Apply(row);
        }

        return probabilities;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, StoredTensor> SaveState() => _means is null || _variances is null
        ? throw new EngineException($"{Name}: not fitted yet.") : new Dictionary<string, StoredTensor>
        {
            ["means"] = _means.ToTensor(),
            ["variances"] = _variances.ToTensor(),
            ["priors"] = new(_priors, _priors.Length),
        };

    /// <inheritdoc/>
    public void LoadState(IReadOnlyDictionary<string, StoredTensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var means = State.Doubles(state, Name, "means", -1, -1);
        var variances = State.Doubles(state, Name, "variances", means.Shape[0], means.Shape[1]);
        var priors = (double[])State.Doubles(state, Name, "priors", means.Shape[0]).Data;
        for (var k = 0; k < priors.Length; k++)
        {
            if (priors[k] is < 0 or > 1)
                throw new EngineException($"{Name}: tensor 'priors' holds {priors[k]} at index {k}; a prior is from 0 to 1.");
            for (var c = 0; c < means.Shape[1] && priors[k] > 0; c++)
            {
                var variance = ((double[])variances.Data)[k * means.Shape[1] + c];
                if (variance <= 0)
                    throw new EngineException(
                        $"{Name}: tensor 'variances' holds {variance} for class {k}, column {c}; it must be above 0.");
            }
        }

        (_means, _variances, _priors) = (Matrix(means), Matrix(variances), priors);
    }

    private static FeatureMatrix Matrix(StoredTensor tensor) => new(tensor.Shape[0], tensor.Shape[1], (double[])tensor.Data);

    // Adds a value for each row and column to the row's class.
    private static void Accumulate(FeatureMatrix sums, ReadOnlySpan<int> labels, Func<int, int, int, double> value)
    {
        for (var r = 0; r < labels.Length; r++)
        {
            var sum = sums.Row(labels[r]);
            for (var c = 0; c < sum.Length; c++) sum[c] += value(r, c, labels[r]);
        }
    }

    private static void Divide(FeatureMatrix sums, int[] counts)
    {
        for (var k = 0; k < counts.Length; k++)
        {
            foreach (ref var sum in sums.Row(k)) sum /= Math.Max(1, counts[k]);
        }
    }

    private static double LargestVariance(FeatureMatrix x)
    {
        double largest = 0;
        for (var c = 0; c < x.Columns; c++)
        {
            double mean = 0, squares = 0;
            for (var r = 0; r < x.Rows; r++) mean += x[r, c] / x.Rows;
            for (var r = 0; r < x.Rows; r++) squares += Square(x[r, c] - mean) / x.Rows;
            largest = Math.Max(largest, squares);
        }

        return largest;
    }

    private static double Square(double v) => v * v;
}
