using Engine.Tensors;

namespace Engine.Classifiers.Linear;

/// <summary>Multinomial logistic regression.</summary>
/// <param name="C">The cost of an error relative to ½·Σw²; smaller is smoother (scikit-learn's C).</param>
/// <param name="ClassWeight">How much a row of each class counts.</param>
/// <param name="Tolerance">The problem counts as solved when no component of the mean loss's gradient exceeds this.</param>
/// <param name="MaxIterations">Steps after which fitting stops with a warning.</param>
public sealed record LogisticOptions(
    [property: Range(Above = 0)] double C = 1,
    ClassWeighting ClassWeight = ClassWeighting.None,
    [property: Range(Above = 0)] double Tolerance = 1e-7,
    [property: Range(Minimum = 1)] int MaxIterations = 2000) : TabularOptions
{
    /// <inheritdoc/>
    public override IClassifier Create(FitSettings settings = default) =>
        new LogisticRegression(this) { Threads = settings.Threads, Warn = settings.Warn, Cancellation = settings.Cancellation };
}
