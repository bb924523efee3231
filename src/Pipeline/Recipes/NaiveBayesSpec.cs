using Engine.Classifiers;
using Engine.Classifiers.Bayes;

namespace Engine.Pipeline.Recipes;

/// <summary>Gaussian naive Bayes.</summary>
/// <param name="VarSmoothing">The share of the largest variance of a column that is added to all variances.</param>
public sealed record NaiveBayesSpec(double VarSmoothing = 1e-9) : TabularClassifierSpec
{
    internal override IClassifier Create(FitSettings settings) => new GaussianNaiveBayes(VarSmoothing);

    internal override void Validate(string at, RangeCheck check) => check.NotNegative($"{at}.var_smoothing", VarSmoothing);
}
