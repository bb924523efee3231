using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Pipeline.Json;
using Engine.Pipeline.Recipes;

namespace Engine.Pipeline.Runs;

/// <summary>The JSON of runs, comparisons and trials, with the options of recipes, which they contain.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(NetworkSpec))]
[JsonSerializable(typeof(EnsembleSpec))]
[JsonSerializable(typeof(RunsSpec))]
[JsonSerializable(typeof(RunRecord))]
[JsonSerializable(typeof(Comparison))]
[JsonSerializable(typeof(TrialsHeader))]
[JsonSerializable(typeof(Trial))]
[JsonSerializable(typeof(Trial[]))]
internal sealed partial class RunJson : JsonSerializerContext
{
    /// <summary>Several lines.</summary>
    public static JsonSerializerOptions Indented => field ??= RecipeJson.WithNetworks(RecipeJson.Indented, Default);

    /// <summary>One line.</summary>
    public static JsonSerializerOptions Compact => field ??= OneLine.Of(Indented);
}
