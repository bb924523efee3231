using Engine.Classifiers;

namespace Engine.Pipeline.Recipes;

/// <summary>
/// A network or classifier that a program made, as the recipe of its model names it: see <c>GenreModel.Create</c>. Only the
/// program can make it again, so a recipe file cannot hold one.
/// </summary>
/// <param name="Description">What it is, in words.</param>
public sealed record CustomSpec(string Description) : ClassifierOptions
{
    /// <summary>Its kind in a recipe's JSON, which can be written but not read.</summary>
    internal const string Kind = "custom";

    /// <summary>Whether it is a network, which is restored on a device.</summary>
    internal bool IsNetwork { get; init; }
}
