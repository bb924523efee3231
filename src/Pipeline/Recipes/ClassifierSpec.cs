using System.Text.Json.Serialization;
using Engine.Classifiers;
using Engine.Classifiers.Knn;
using Engine.Classifiers.Scaling;

namespace Engine.Pipeline.Recipes;

/// <summary>How feature columns are brought to a common scale.</summary>
public enum ScalerKind
{
    /// <summary>Left as they are.</summary>
    None,

    /// <summary>Mean 0, deviation 1.</summary>
    Standard,

    /// <summary>Median 0, interquartile range 1.</summary>
    Robust,

    /// <summary>From 0 to 1.</summary>
    MinMax,
}

internal static class ScalerKinds
{
    /// <summary>Makes the scaler, not fitted; null for none.</summary>
    public static IScaler? Create(this ScalerKind kind) => kind switch
    {
        ScalerKind.None => null,
        ScalerKind.Standard => new StandardScaler(),
        ScalerKind.Robust => new RobustScaler(),
        ScalerKind.MinMax => new MinMaxScaler(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), $"Scaler: unknown kind {kind}."),
    };
}

/// <summary>Which classifier a recipe uses, and its parameters.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(KnnSpec), "knn")]
[JsonDerivedType(typeof(ForestSpec), "forest")]
[JsonDerivedType(typeof(ExtraTreesSpec), "extra-trees")]
[JsonDerivedType(typeof(SvmSpec), "svm")]
[JsonDerivedType(typeof(LdaSpec), "lda")]
[JsonDerivedType(typeof(LogisticSpec), "logistic")]
[JsonDerivedType(typeof(NaiveBayesSpec), "naive-bayes")]
[JsonDerivedType(typeof(NetworkSpec), "network")]
[JsonDerivedType(typeof(EnsembleSpec), "ensemble")]
public abstract record ClassifierSpec
{
    /// <summary>True if its rows are the mean and covariance of a Gaussian, not plain features.</summary>
    internal virtual bool NeedsGaussianRows => false;

    /// <summary>True if it trains a network, which takes too long to do again for a test.</summary>
    internal virtual bool HasNetwork => false;

    /// <summary>Throws where a parameter has a value that cannot work; <paramref name="at"/> is the spec's JSON path.</summary>
    internal abstract void Validate(string at, RangeCheck check);
}

/// <summary>A classifier of feature rows that is fitted in one call.</summary>
public abstract record TabularClassifierSpec : ClassifierSpec
{
    /// <summary>Makes the classifier, not fitted.</summary>
    internal abstract IClassifier Create(FitSettings settings);
}

/// <summary>What a classifier may use besides the parameters of its recipe.</summary>
/// <param name="Threads">Most threads; 0: one per processor.</param>
/// <param name="Seed">The seed of its random streams.</param>
/// <param name="Warn">Told of what the user should know but what stops nothing.</param>
/// <param name="Cancellation">Stops the fit.</param>
internal readonly record struct FitSettings(int Threads = 0, ulong Seed = 0, Action<string>? Warn = null, CancellationToken Cancellation = default);

/// <summary>The k nearest training rows vote.</summary>
/// <param name="K">How many vote.</param>
/// <param name="Metric">What near means.</param>
/// <param name="Votes">Whether a nearer row counts for more.</param>
public sealed record KnnSpec(int K = 5, KnnMetric Metric = KnnMetric.Euclidean, KnnVotes Votes = KnnVotes.Uniform) : TabularClassifierSpec
{
    internal override bool NeedsGaussianRows => Metric == KnnMetric.GaussianDivergence;

    internal override IClassifier Create(FitSettings settings) =>
        new KnnClassifier(new KnnOptions { K = K, Metric = Metric, Votes = Votes }) { Threads = settings.Threads };

    internal override void Validate(string at, RangeCheck check) => check.AtLeast($"{at}.k", K, 1);
}
