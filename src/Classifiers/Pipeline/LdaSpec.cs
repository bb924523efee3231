using Engine.Classifiers.Decomposition;

namespace Engine.Classifiers.Pipeline;

/// <summary>Linear discriminant analysis: normal classes of one covariance.</summary>
public sealed record LdaSpec : TabularClassifierSpec
{
    internal override IClassifier Create(FitSettings settings) => new LdaClassifier(settings.Threads);

    internal override void Validate(string at, RecipeCheck check)
    {
    }
}
