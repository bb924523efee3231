using Engine.Tensors.Serialization;

namespace Engine.Classifiers.Scaling;

/// <summary>
/// Brings each column to a common scale: <c>(x - offset) · factor</c>, of x itself or of a curve of it, learned on training rows.
/// Thread-safe once fitted.
/// </summary>
public interface IScaler
{
    /// <summary>Number of columns it was fitted on; 0 before.</summary>
    int Columns { get; }

    /// <summary>Learns from rows <paramref name="x"/> <c>[n, columns]</c>.</summary>
    /// <exception cref="EngineException">No rows, or a value that is not finite.</exception>
    void Fit(FeatureMatrix x);

    /// <summary>The scaled rows, a new matrix of the same shape.</summary>
    /// <exception cref="EngineException">
    /// Not fitted, a different number of columns than in training, or a value that is not finite.
    /// </exception>
    FeatureMatrix Transform(FeatureMatrix x);

    /// <summary>The fitted state as named tensors.</summary>
    /// <exception cref="EngineException">Not fitted.</exception>
    IReadOnlyDictionary<string, StoredTensor> SaveState();

    /// <summary>Restores what <see cref="SaveState"/> returned.</summary>
    /// <exception cref="EngineException">A tensor is missing, or its type, shape or values do not fit.</exception>
    void LoadState(IReadOnlyDictionary<string, StoredTensor> state);
}
