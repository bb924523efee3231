using System.Globalization;
using Engine.Classifiers.Numerics;
using Engine.Tensors.Serialization;

namespace Engine.Classifiers.Linear;

/// <summary>
/// Multinomial logistic regression: probabilities are softmax(x·Wᵀ + b), and W and b minimise <c>C·Σ cross-entropy + ½·ΣW²</c>,
/// like scikit-learn's <c>LogisticRegression</c> with its default penalty; with two classes, the penalty is on the difference of
/// their weights, as there. The probabilities at the minimum are unique, whatever the solver. Classes without training rows get
/// probability 0.
/// </summary>
public sealed class LogisticRegression : IClassifier
{
    private const string Name = "LogisticRegression";

    private FeatureMatrix? _coefficients;
    private double[] _bias = [];
    private int[] _present = [];

    /// <summary>An unfitted classifier.</summary>
    /// <exception cref="EngineException">A setting is out of range; the message says which.</exception>
    public LogisticRegression(LogisticOptions options)
    {
        Options = OptionCheck.Require(Name, options);
    }

    /// <summary>The settings.</summary>
    public LogisticOptions Options { get; }

    /// <summary>1: only the calling thread; otherwise the whole worker pool. The result is the same.</summary>
    public int Threads { get; set; }

    /// <summary>Called if the iteration limit is reached before the solution.</summary>
    public Action<string>? Warn { get; set; }

    /// <summary>Stops a fit after the current iteration.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <inheritdoc/>
    public int Classes { get; private set; }

    /// <inheritdoc/>
    public int Columns => _coefficients?.Columns ?? 0;

    /// <summary>W, a row for each label of <see cref="Present"/>; null before fitting.</summary>
    public FeatureMatrix? Coefficients => _coefficients;

    /// <summary>b, a value for each label of <see cref="Present"/>.</summary>
    public ReadOnlySpan<double> Bias => _bias;

    /// <summary>The labels that had training rows, ascending.</summary>
    public ReadOnlySpan<int> Present => _present;

    /// <inheritdoc/>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Fit(FeatureMatrix x, ReadOnlySpan<int> labels, int classes)
    {
        TrainingRows.Require(Name, x, labels, classes);
        int[] present = [.. labels.ToArray().Distinct().Order()];
        if (present.Length < 2)
            throw new EngineException($"{Name}: all {x.Rows} training rows have label {present[0]}; at least two labels are " +
                "needed.");
        int[] targets = [.. labels.ToArray().Select(l => Array.BinarySearch(present, l))];
        var weights = Options.ClassWeight.OfRows(labels, classes);
        var c = present.Length == 2 ? Options.C / 2 : Options.C;
        var loss = new LogisticLoss(x, targets, present.Length, weights, 1 / (c * weights.Sum()), Threads);
        var minimum = Lbfgs.Minimize(loss.Evaluate, new double[loss.Parameters], Options.Tolerance, Options.MaxIterations,
            Cancellation);
        if (!minimum.Point.All(double.IsFinite))
            throw new EngineException($"{Name}: the values are too large for double precision; scale the columns.");
        if (minimum.Gradient > Options.Tolerance)
        {
            Warn?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{Name}: not solved after " +
                $"{minimum.Iterations} iterations; the gradient's largest component is {minimum.Gradient:0.##e+0}, " +
                $"the tolerance {Options.Tolerance:0.##e+0}. Scale the columns, or allow more iterations."));
        }

        var size = present.Length * x.Columns;
        (_coefficients, _bias, _present, Classes) =
            (new(present.Length, x.Columns, minimum.Point[..size]), minimum.Point[size..], present, classes);
    }

    /// <inheritdoc/>
    public FeatureMatrix PredictProbabilities(FeatureMatrix x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (_coefficients is null) throw NotFitted();
        x.RequireColumns(Name, Columns);
        x.RequireFinite(Name);
        var scores = MatrixProduct.Multiply(x, _coefficients, transposeB: true, threads: Threads);
        var probabilities = new FeatureMatrix(x.Rows, Classes);
        for (var r = 0; r < x.Rows; r++)
        {
            var row = scores.Row(r);
            for (var k = 0; k < row.Length; k++) row[k] += _bias[k];
            Softmax.Apply(row);
            var to = probabilities.Row(r);
            for (var k = 0; k < row.Length; k++) to[_present[k]] = row[k];
        }

        return probabilities;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, StoredTensor> SaveState() => _coefficients is null
        ? throw NotFitted() : new Dictionary<string, StoredTensor>
        {
            ["coefficients"] = _coefficients.ToTensor(),
            ["bias"] = new(_bias, _bias.Length),
            ["present"] = new(_present, _present.Length),
            ["classes"] = new(new[] { Classes }, 1),
        };

    /// <inheritdoc/>
    public void LoadState(IReadOnlyDictionary<string, StoredTensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var coefficients = State.Doubles(state, Name, "coefficients", -1, -1);
        var bias = (double[])State.Doubles(state, Name, "bias", coefficients.Shape[0]).Data;
        var present = (int[])State.Integers(state, Name, "present", coefficients.Shape[0]).Data;
        var classes = ((int[])State.Integers(state, Name, "classes", 1).Data)[0];
        for (var k = 0; k < present.Length; k++)
        {
            if (present[k] < (k == 0 ? 0 : present[k - 1] + 1) || present[k] >= classes)
                throw new EngineException($"{Name}: tensor 'present' holds {present[k]} at index {k}; labels must ascend and " +
                    $"be in [0, {classes}).");
        }

        (_coefficients, _bias, _present, Classes) =
            (new(coefficients.Shape[0], coefficients.Shape[1], (double[])coefficients.Data), bias, present, classes);
    }

    private static EngineException NotFitted() => new($"{Name}: not fitted yet.");
}
