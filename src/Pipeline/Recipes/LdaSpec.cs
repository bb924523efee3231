using Engine.Classifiers;
using Engine.Classifiers.Decomposition;

namespace Engine.Pipeline.Recipes;

/// <summary>Linear discriminant analysis: normal classes of one covariance.</summary>
public sealed record LdaSpec : TabularClassifierSpec
{
    internal override IClassifier Create(FitSettings settings) => new LdaClassifier(settings.Threads);

    internal override void Validate(string at, RangeCheck check)
    {
    }
}
