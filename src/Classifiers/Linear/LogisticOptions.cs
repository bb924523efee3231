namespace Engine.Classifiers.Linear;

/// <summary>Settings of a <see cref="LogisticRegression"/>.</summary>
public sealed record LogisticOptions
{
    /// <summary>What an error costs beside ½·Σw², above 0; smaller is smoother (scikit-learn's C).</summary>
    public double C { get; init; } = 1;

    /// <summary>How much a row of each class counts.</summary>
    public ClassWeighting ClassWeight { get; init; } = ClassWeighting.None;

    /// <summary>The largest component of the mean loss' gradient at which the problem is solved, above 0.</summary>
    public double Tolerance { get; init; } = 1e-7;

    /// <summary>Steps after which it is given up with a warning, at least 1.</summary>
    public int MaxIterations { get; init; } = 2000;

    /// <summary>Throws where a value cannot work.</summary>
    internal void Validate(string operation)
    {
        if (!(C > 0 && double.IsFinite(C))) throw new EngineException($"{operation}: C is {C}; it must be above 0.");
        if (!Enum.IsDefined(ClassWeight)) throw new EngineException($"{operation}: class weight {ClassWeight} is unknown.");
        if (!(Tolerance > 0 && double.IsFinite(Tolerance))) throw new EngineException($"{operation}: tolerance is {Tolerance}; it must be above 0.");
        if (MaxIterations < 1) throw new EngineException($"{operation}: max iterations is {MaxIterations}; it must be at least 1.");
    }
}
