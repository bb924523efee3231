using Engine.Tensors.Serialization;

namespace Engine.Classifiers;

/// <summary>
/// Transforms the columns of feature rows: selects some, or projects them all. Learned from training rows only. Thread-safe once
/// fitted; the same rows in the same order yield the same bits, regardless of the number of threads.
/// </summary>
public interface IColumnStep
{
    /// <summary>Number of columns it was fitted on; 0 before.</summary>
    int Columns { get; }

    /// <summary>Number of columns it produces; 0 before fitting.</summary>
    int OutputColumns { get; }

    /// <summary>
    /// Learns from rows <paramref name="x"/> <c>[n, columns]</c> and labels <c>[n]</c> in [0, <paramref name="classes"/>).
    /// </summary>
    /// <exception cref="EngineException">
    /// No rows, a label out of range, a value that is not finite, mismatched sizes, or no columns would be left.
    /// </exception>
    void Fit(FeatureMatrix x, ReadOnlySpan<int> labels, int classes);

    /// <summary>The rows in the new columns, <c>[rows, OutputColumns]</c>.</summary>
    /// <exception cref="EngineException">
    /// Not fitted, a different number of columns than in training, or a value that is not finite.
    /// </exception>
    FeatureMatrix Transform(FeatureMatrix x);

    /// <summary>
    /// The fitted state as named tensors; <see cref="LoadState"/> of an identically configured step restores it.
    /// </summary>
    /// <exception cref="EngineException">Not fitted.</exception>
    IReadOnlyDictionary<string, StoredTensor> SaveState();

    /// <summary>Restores what <see cref="SaveState"/> returned.</summary>
    /// <exception cref="EngineException">A tensor is missing, or its type, shape or values do not fit.</exception>
    void LoadState(IReadOnlyDictionary<string, StoredTensor> state);
}
