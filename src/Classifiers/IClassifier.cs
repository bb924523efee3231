using Engine.Tensors.Serialization;

namespace Engine.Classifiers;

/// <summary>
/// Learns labels from feature rows. Fit on one thread; after that, <see cref="PredictProbabilities"/> may be called from many at
/// once. The same rows in the same order yield the same bits, regardless of the number of threads.
/// </summary>
public interface IClassifier
{
    /// <summary>Number of classes it was fitted on; 0 before.</summary>
    int Classes { get; }

    /// <summary>Number of columns it was fitted on; 0 before.</summary>
    int Columns { get; }

    /// <summary>
    /// Learns from rows <paramref name="x"/> <c>[n, columns]</c> and labels <c>[n]</c> in [0, <paramref name="classes"/>).
    /// </summary>
    /// <exception cref="EngineException">
    /// No rows, a label out of range, a value that is not finite, or mismatched sizes.
    /// </exception>
    void Fit(FeatureMatrix x, ReadOnlySpan<int> labels, int classes);

    /// <summary>
    /// The classifier's own estimate of the probability of each class for each row, or its share of votes: <c>[rows,
    /// classes]</c>, every row summing to 1. Not calibrated: actual frequencies may differ widely;
    /// <see cref="Evaluation.TemperatureScaling"/> corrects that.
    /// </summary>
    /// <exception cref="EngineException">
    /// Not fitted, a different number of columns than in training, or a value that is not finite.
    /// </exception>
    FeatureMatrix PredictProbabilities(FeatureMatrix x);

    /// <summary>
    /// The fitted state as named tensors; <see cref="LoadState"/> of an identically configured classifier restores it.
    /// </summary>
    /// <exception cref="EngineException">Not fitted.</exception>
    IReadOnlyDictionary<string, StoredTensor> SaveState();

    /// <summary>Restores what <see cref="SaveState"/> returned.</summary>
    /// <exception cref="EngineException">A tensor is missing, or its type, shape or values do not fit.</exception>
    void LoadState(IReadOnlyDictionary<string, StoredTensor> state);
}
