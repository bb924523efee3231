using System.Text.Json.Serialization;
using Engine.Classifiers.Bayes;
using Engine.Classifiers.Decomposition;
using Engine.Classifiers.Knn;
using Engine.Classifiers.Linear;
using Engine.Classifiers.Svm;
using Engine.Classifiers.Trees;

namespace Engine.Classifiers;

/// <summary>Which classifier, and its parameters.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(KnnOptions), "knn")]
[JsonDerivedType(typeof(ForestOptions), "forest")]
[JsonDerivedType(typeof(ExtraTreesOptions), "extra-trees")]
[JsonDerivedType(typeof(SvmOptions), "svm")]
[JsonDerivedType(typeof(LdaOptions), "lda")]
[JsonDerivedType(typeof(LogisticOptions), "logistic")]
[JsonDerivedType(typeof(NaiveBayesOptions), "naive-bayes")]
public abstract record ClassifierOptions;

/// <summary>A classifier of feature rows, fitted in one call.</summary>
public abstract record TabularOptions : ClassifierOptions
{
    /// <summary>Makes an unfitted classifier.</summary>
    public abstract IClassifier Create(FitSettings settings = default);
}

/// <summary>What a classifier or a step may use besides its options.</summary>
/// <param name="Threads">1: only the caller's thread; otherwise as many as the worker pool has. The result is the same.</param>
/// <param name="Seed">The seed of its random streams.</param>
/// <param name="Warn">Receives what the user should know but does not stop the fit.</param>
/// <param name="Cancellation">Stops the fit.</param>
public readonly record struct FitSettings(
    int Threads = 0,
    ulong Seed = 0,
    Action<string>? Warn = null,
    CancellationToken Cancellation = default);
