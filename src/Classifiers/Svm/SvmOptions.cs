using System.Text.Json.Serialization;
using Engine.Tensors;

namespace Engine.Classifiers.Svm;

/// <summary>What stands in for the scalar product of two rows a and b.</summary>
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
    /// From the votes of the pairs: the most probable class is the one that LIBSVM predicts, the lowest of those with most votes;
    /// the order of the others follows votes and then margins. Good for ranking; not calibrated.
    /// </summary>
    Votes,

    /// <summary>
    /// The same, but the margins also decide between classes with most votes (scikit-learn's <c>break_ties</c>).
    /// </summary>
    Margins,

    /// <summary>
    /// Calibrated: a sigmoid for each pair, fitted to decision values of rows that were held out (five folds, so fitting takes
    /// some five times as long), and the pairs coupled. The most probable class need not be the one with most votes.
    /// </summary>
    Platt,
}

/// <summary>A support vector machine for each pair of classes, which vote.</summary>
/// <param name="Kernel">What stands in for the scalar product.</param>
/// <param name="C">What an error costs: the bound of every coefficient before class weights.</param>
/// <param name="Gamma">The kernel's gamma.</param>
/// <param name="Degree">The degree of a polynomial.</param>
/// <param name="Coef0">The constant in a polynomial.</param>
/// <param name="ClassWeight">The rule for how much an error costs in each class.</param>
/// <param name="ClassWeights">
/// A weight for each class, in the order of the sorted labels, instead of the rule; null: the rule.
/// </param>
/// <param name="Probabilities">Where the probabilities come from.</param>
/// <param name="Tolerance">The gap between the most violating pair of gradients at which a problem is solved.</param>
/// <param name="MaxIterations">Steps after which a problem is given up with a warning.</param>
/// <param name="Shrinking">
/// Whether rows that seem settled are left out for a while. The result is the same within the tolerance.
/// </param>
/// <param name="CacheMegabytes">
/// Megabytes for values of the kernel: of all rows with all rows if they fit, else of the latest rows of each pair of classes
/// that is being solved.
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
