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
    /// From the votes of the pairs: the most probable class is the one that LIBSVM predicts, the lowest of those with most votes; the
    /// order of the others follows votes and then margins. Good for ranking; not calibrated.
    /// </summary>
    Votes,

    /// <summary>The same, but the margins also decide between classes with most votes (scikit-learn's <c>break_ties</c>).</summary>
    Margins,

    /// <summary>
    /// Calibrated: a sigmoid for each pair, fitted to decision values of rows that were held out (five folds, so fitting takes
    /// some five times as long), and the pairs coupled. The most probable class need not be the one with most votes.
    /// </summary>
    Platt,
}

/// <summary>Settings of an <see cref="SvmClassifier"/>.</summary>
public sealed record SvmOptions
{
    /// <summary>The kernel.</summary>
    public SvmKernel Kernel { get; init; } = SvmKernel.Rbf;

    /// <summary>What an error costs, above 0: the bound of every coefficient before class weights.</summary>
    public double C { get; init; } = 1;

    /// <summary>The kernel's gamma.</summary>
    public SvmGamma Gamma { get; init; } = SvmGamma.Scale;

    /// <summary>The degree of a polynomial, at least 1.</summary>
    public int Degree { get; init; } = 3;

    /// <summary>The constant in a polynomial.</summary>
    public double Coef0 { get; init; }

    /// <summary>The rule for how much an error costs in each class.</summary>
    public ClassWeighting ClassWeight { get; init; } = ClassWeighting.None;

    /// <summary>A weight above 0 for each class, in the order of the labels, instead of the rule; null: the rule.</summary>
    public IReadOnlyList<double>? ClassWeights { get; init; }

    /// <summary>Where the probabilities come from.</summary>
    public SvmProbabilities Probabilities { get; init; } = SvmProbabilities.Votes;

    /// <summary>The gap between the most violating pair of gradients at which a problem is solved, above 0 and at most 1.</summary>
    public double Tolerance { get; init; } = 1e-3;

    /// <summary>Steps after which a problem is given up with a warning, at least 1.</summary>
    public int MaxIterations { get; init; } = 10_000_000;

    /// <summary>Whether rows that seem settled are left out for a while. The result is the same within the tolerance.</summary>
    public bool Shrinking { get; init; } = true;

    /// <summary>
    /// Megabytes, at least 1, for values of the kernel: of all rows with all rows if they fit, else of the latest rows of each
    /// pair of classes that is being solved.
    /// </summary>
    public int CacheMegabytes { get; init; } = 512;

    internal void Validate(string owner)
    {
        if (!Enum.IsDefined(Kernel)) throw new EngineException($"{owner}: kernel {Kernel} is unknown.");
        if (!Enum.IsDefined(ClassWeight)) throw new EngineException($"{owner}: class weight {ClassWeight} is unknown.");
        if (!Enum.IsDefined(Probabilities)) throw new EngineException($"{owner}: probabilities {Probabilities} is unknown.");
        RequirePositive("c", C);
        RequirePositive("tolerance", Tolerance);
        RequirePositive("gamma", Gamma.Value ?? 1);
        if (Tolerance > 1) throw new EngineException($"{owner}: tolerance is {Tolerance}; it must be at most 1.");
        if (!double.IsFinite(Coef0)) throw new EngineException($"{owner}: coef0 is {Coef0}; it must be finite.");
        foreach (var weight in ClassWeights ?? []) RequirePositive("a class weight", weight);
        if (Degree < 1) throw new EngineException($"{owner}: degree is {Degree}; it must be at least 1.");
        if (MaxIterations < 1) throw new EngineException($"{owner}: max iterations is {MaxIterations}; it must be at least 1.");
        if (CacheMegabytes < 1) throw new EngineException($"{owner}: cache is {CacheMegabytes} MB; it must be at least 1.");

        void RequirePositive(string name, double value)
        {
            if (!(value > 0 && double.IsFinite(value))) throw new EngineException($"{owner}: {name} is {value}; it must be above 0.");
        }
    }
}
