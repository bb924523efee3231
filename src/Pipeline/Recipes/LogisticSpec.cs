using Engine.Classifiers;
using Engine.Classifiers.Linear;

namespace Engine.Pipeline.Recipes;

/// <summary>Multinomial logistic regression.</summary>
/// <param name="C">What an error costs beside the size of the weights.</param>
/// <param name="ClassWeight">How much a row of each class counts.</param>
/// <param name="Tolerance">The largest component of the mean loss' gradient at which it is solved.</param>
/// <param name="MaxIterations">Steps after which it is given up with a warning.</param>
public sealed record LogisticSpec(
    double C = 1,
    ClassWeighting ClassWeight = ClassWeighting.None,
    double Tolerance = 1e-7,
    int MaxIterations = 2000) : TabularClassifierSpec
{
    internal override IClassifier Create(FitSettings settings) =>
        new LogisticRegression(new LogisticOptions { C = C, ClassWeight = ClassWeight, Tolerance = Tolerance, MaxIterations = MaxIterations })
        {
            Threads = settings.Threads,
            Warn = settings.Warn,
            Cancellation = settings.Cancellation,
        };

    internal override void Validate(string at, RangeCheck check)
    {
        check.Positive($"{at}.c", C);
        check.Positive($"{at}.tolerance", Tolerance);
        check.AtLeast($"{at}.max_iterations", MaxIterations, 1);
    }
}
