using Engine.Tensors.Serialization;

namespace Engine.Classifiers;

/// <summary>
/// Learns labels from feature rows. Fitting is for one thread; after it <see cref="PredictProbabilities"/> may be called
/// from many at once. The same rows in the same order give the same bits, whatever the number of threads.
/// </summary>
public interface IClassifier
{
    /// <summary>Number of classes it was fitted on; 0 before.</summary>
    int Classes { get; }

    /// <summary>Number of columns it was fitted on; 0 before.</summary>
    int Columns { get; }

    /// <summary>Learns from rows <paramref name="x"/> <c>[n, columns]</c> and labels <c>[n]</c> in [0, <paramref name="classes"/>).</summary>
    /// <exception cref="EngineException">No rows, a label out of range, a value that is not finite, or sizes that disagree.</exception>
    void Fit(FeatureMatrix x, ReadOnlySpan<int> labels, int classes);

    /// <summary>
    /// The classifier's own estimate of the probability of each class for each row, or a share of votes: <c>[rows, classes]</c>, every
    /// row summing to 1. Not calibrated: how often it is right may differ much; <see cref="Evaluation.TemperatureScaling"/> mends that.
    /// </summary>
    /// <exception cref="EngineException">Not fitted, other columns than fitted on, or a value that is not finite.</exception>
    FeatureMatrix PredictProbabilities(FeatureMatrix x);

    /// <summary>What was learned, as named tensors; <see cref="LoadState"/> of an equally configured classifier restores it.</summary>
    /// <exception cref="EngineException">Not fitted.</exception>
    IReadOnlyDictionary<string, StoredTensor> SaveState();

    /// <summary>Restores what <see cref="SaveState"/> gave.</summary>
    /// <exception cref="EngineException">A tensor is missing, or its type, shape or values do not fit.</exception>
    void LoadState(IReadOnlyDictionary<string, StoredTensor> state);
}
