using Engine.Classifiers.Numerics;
using Engine.Tensors.Serialization;

namespace Engine.Classifiers.Decomposition;

/// <summary>Linear discriminant analysis: normal classes of one covariance.</summary>
public sealed record LdaOptions : TabularOptions
{
    /// <inheritdoc/>
    public override IClassifier Create(FitSettings settings = default) => new LdaClassifier(settings.Threads);
}

/// <summary>
/// Classifies by linear discriminant analysis: models the classes as normal distributions with a common covariance and their
/// training shares as priors, and returns their posterior probabilities (scikit-learn's <c>LinearDiscriminantAnalysis</c>). A
/// class without training rows has probability 0.
/// </summary>
/// <param name="threads">1: only the calling thread; otherwise the whole worker pool. The result is the same.</param>
public sealed class LdaClassifier(int threads = 0) : IClassifier
{
    private const string Name = "LdaClassifier";

    private Discriminants? _learned;

    /// <inheritdoc/>
    public int Classes => _learned?.Priors.Length ?? 0;

    /// <inheritdoc/>
    public int Columns => _learned?.Offset.Length ?? 0;

    /// <inheritdoc/>
    public void Fit(FeatureMatrix x, ReadOnlySpan<int> labels, int classes)
    {
        TrainingRows.Require(Name, x, labels, classes);
        _learned = Discriminants.Fit(Name, x, labels, classes, threads);
    }

    /// <inheritdoc/>
    public FeatureMatrix PredictProbabilities(FeatureMatrix x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var learned = Learned();
        x.RequireColumns(Name, Columns);
        x.RequireFinite(Name);
        var rows = Centered.Project(x, learned.Offset, learned.Axes, threads);
        var probabilities = new FeatureMatrix(x.Rows, Classes);
        for (var r = 0; r < x.Rows; r++)
        {
            // The covariance is the identity here, so the log density of a class is -½ of the squared distance, up to a constant.
            var scores = probabilities.Row(r);
            for (var c = 0; c < scores.Length; c++)
            {
                scores[c] = Math.Log(learned.Priors[c]) - Vectors.SquaredDistance(rows.Row(r), learned.Centers.Row(c)) / 2;
            }

            var largest = double.NegativeInfinity;
            foreach (var s in scores) largest = Math.Max(largest, s);
            var total = 0.0;
            foreach (ref var s in scores) total += s = Math.Exp(s - largest);
            foreach (ref var s in scores) s /= total;
        }

        return probabilities;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, StoredTensor> SaveState() => Learned().SaveState();

    /// <inheritdoc/>
    public void LoadState(IReadOnlyDictionary<string, StoredTensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _learned = Discriminants.Load(Name, state);
    }

    private Discriminants Learned() => _learned ?? throw new EngineException($"{Name}: not fitted yet.");
}
