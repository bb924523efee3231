using System.Text.Json.Serialization;
using Engine.Tensors;

namespace Engine.Classifiers.Svm;

/// <summary>What replaces the scalar product of two rows a and b.</summary>
public enum SvmKernel
{
    /// <summary>exp(-gamma · |a - b|²).</summary>
    Rbf,

    /// <summary>a · b.</summary>
    Linear,

    /// <summary>(gamma · a · b + coef0)^degree.</summary>
    Polynomial,
}

/// <summary>Where the probabilities come from.</summary>
public enum SvmProbabilities
{
    /// <summary>
    /// From the votes of the pairs: the most probable class is the one that LIBSVM predicts, the lowest of those with the most
    /// votes; the others are ordered by votes, then margins. Good for ranking; not calibrated.
    /// </summary>
    Votes,

    /// <summary>
    /// The same, but margins also decide between classes with the most votes (scikit-learn's <c>break_ties</c>).
    /// </summary>
    Margins,

    /// <summary>
    /// The order of margins, with values that tell how clear it was: those of soft votes, in which a pair with the decision f
    /// gives its classes 1 / (1 + e⁻²ᶠ) and the rest. Not calibrated, but the best to calibrate, since whole votes are nearly
    /// the same for every row.
    /// </summary>
    SoftVotes,

    /// <summary>
    /// Calibrated: a sigmoid for each pair, fitted to decision values of held-out rows (five folds, so fitting takes some five
    /// times as long), and the pairs coupled. The most probable class need not be the one with the most votes.
    /// </summary>
    Platt,
}

/// <summary>A support vector machine for each pair of classes, which vote.</summary>
/// <param name="Kernel">What replaces the scalar product.</param>
/// <param name="C">The cost of an error: the bound of every coefficient before class weights.</param>
/// <param name="Gamma">The kernel's gamma.</param>
/// <param name="Degree">The degree of the polynomial.</param>
/// <param name="Coef0">The constant in the polynomial.</param>
/// <param name="ClassWeight">The rule for how much an error costs in each class.</param>
/// <param name="ClassWeights">
/// A weight for each class, in the order of the sorted labels, instead of that rule; null: the rule applies.
/// </param>
/// <param name="Probabilities">Where the probabilities come from.</param>
/// <param name="Tolerance">
/// A problem counts as solved when the gap between the most violating pair of gradients falls to this.
/// </param>
/// <param name="MaxIterations">Steps after which solving a problem stops with a warning.</param>
/// <param name="Shrinking">
/// Whether rows that seem settled are set aside for a while. The result is the same within the tolerance.
/// </param>
/// <param name="CacheMegabytes">
/// Megabytes for kernel values: of all pairs of rows if they fit, otherwise of the latest rows of each pair of classes being
/// solved.
/// </param>
public sealed record SvmOptions(
    SvmKernel Kernel = SvmKernel.Rbf,
    [property: Range(Above = 0)] double C = 1,
    [property: Range(Above = 0)] SvmGamma Gamma = default,
    [property: Range(Minimum = 1)] int Degree = 3,
    [property: Range] double Coef0 = 0,
    ClassWeighting ClassWeight = ClassWeighting.None,
    [property: Range(Above = 0)] IReadOnlyList<double>? ClassWeights = null,
    SvmProbabilities Probabilities = SvmProbabilities.Votes,
    [property: Range(Above = 0, Maximum = 1)] double Tolerance = 1e-3,
    [property: Range(Minimum = 1)] int MaxIterations = 10_000_000,
    bool Shrinking = true,
    [property: Range(Minimum = 1), JsonPropertyName("cache_mb")] int CacheMegabytes = 512) : TabularOptions
{
    /// <inheritdoc/>
    public override IClassifier Create(FitSettings settings = default) =>
        new SvmClassifier(this)
        {
            Threads = settings.Threads,
            Seed = settings.Seed,
            Warn = settings.Warn,
            Cancellation = settings.Cancellation,
        };
}
