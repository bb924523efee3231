using System.Text.Json.Serialization;

namespace Engine.Classifiers.Selection;

/// <summary>How columns are selected after scaling, learned from training rows alone.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(CorrelationOptions), "correlation")]
[JsonDerivedType(typeof(BorutaOptions), "boruta")]
public abstract record SelectionOptions
{
    /// <summary>Makes an unfitted step.</summary>
    public abstract IColumnStep Create(FitSettings settings = default);

    /// <summary>What it does, in a few words.</summary>
    public abstract string Describe();
}
