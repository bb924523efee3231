using Engine.Classifiers;
using Engine.Classifiers.Selection;

namespace Engine.Pipeline.Recipes;

/// <summary>Keeps columns that say more about the labels than shuffled ones, by Boruta on random forests.</summary>
/// <param name="Trees">Trees of each forest.</param>
/// <param name="MaxRuns">Most forests.</param>
/// <param name="Alpha">The chance, over all columns, of a wrong verdict that is accepted.</param>
/// <param name="KeepTentative">Whether columns without a verdict are kept.</param>
public sealed record BorutaSelectionSpec(int Trees = 200, int MaxRuns = 100, double Alpha = 0.01, bool KeepTentative = true) : SelectionSpec
{
    private const int MostTrees = 100_000, MostRuns = 10_000;

    internal override IColumnStep Create(FitSettings settings) =>
        new BorutaSelection(new BorutaOptions { Trees = Trees, MaxRuns = MaxRuns, Alpha = Alpha, KeepTentative = KeepTentative })
        {
            Threads = settings.Threads,
            Seed = settings.Seed,
            Cancellation = settings.Cancellation,
        };

    internal override void Validate(string at, RangeCheck check)
    {
        check.Between($"{at}.trees", Trees, 1, MostTrees);
        check.Between($"{at}.max_runs", MaxRuns, 1, MostRuns);
        if (!(Alpha is > 0 and < 1)) check.Fail($"{at}.alpha", Alpha, "it must be above 0 and below 1");
    }

    internal override string Describe() =>
        FormattableString.Invariant($"columns that say more about the labels than shuffled ones (Boruta, at most {MaxRuns} forests of {Trees} trees)");
}
