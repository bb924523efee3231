using System.Text.Json.Serialization;
using Engine.Classifiers;
using Engine.Pipeline.Json;

namespace Engine.Pipeline.Recipes;

/// <summary>
/// Saved runs of one split whose probabilities are combined by track: what <c>engine ensemble</c> makes. Its model holds those of
/// the runs, so it cannot be trained by itself.
/// </summary>
/// <param name="Members">The runs, at least two.</param>
/// <param name="Combine">How their probabilities become one.</param>
internal sealed record RunsSpec(
    [property: JsonPropertyOrder(1)] IReadOnlyList<RunMember> Members,
    [property: JsonPropertyOrder(0)] CombineSpec Combine) : ClassifierOptions
{
    /// <summary>Whether all members read the same features.</summary>
    [JsonIgnore]
    public bool SharesFrontEnd => Members.Select(m => m.Recipe.FrontEnd.ToCanonicalJson()).Distinct().Count() == 1;

    internal void Validate(string at, Recipe recipe, RangeCheck check)
    {
        if (Members.Count < 2) check.Fail($"{at}.members", $"a list of {Members.Count}", "it must hold at least two runs");
        for (var m = 0; m < Members.Count; m++)
        {
            var (member, place) = (Members[m].Recipe, $"{at}.members[{m}].recipe");
            if (member.Classifier is RunsSpec)
                check.Fail($"{place}.classifier.kind", "runs", "a member cannot be made of runs; name those runs here");
            member.Validate(check.Of(place));
        }

        if (recipe.FrontEnd.ToCanonicalJson() != Members[0].Recipe.FrontEnd.ToCanonicalJson())
            check.Fail("$.front_end", "another", $"it must be that of {at}.members[0].recipe");
        JsonRanges.Check(Combine, RecipeJson.Indented.Of<CombineSpec>(), $"{at}.combine", check);
        Combine.Validate($"{at}.combine", check, Members.Count);
    }
}

/// <summary>A run in an ensemble.</summary>
/// <param name="Run">Its folder when the ensemble was made.</param>
/// <param name="Model">SHA-256 of its model file, in hexadecimal digits.</param>
/// <param name="Recipe">Its recipe.</param>
internal sealed record RunMember(string Run, string Model, Recipe Recipe);
