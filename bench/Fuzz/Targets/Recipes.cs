using System.Text;
using System.Text.Json;
using Engine.Fuzzing.Mutation;
using Engine.Pipeline.Recipes;

namespace Engine.Fuzzing.Targets;

/// <summary>Recipes as seeds, and what to put into them.</summary>
internal static class Recipes
{
    /// <summary>Every key and word that the shipped recipes use.</summary>
    public static string[] Words { get; } = [.. RecipeCatalog.Names.Select(n =>
        RecipeCatalog.Get(n).ToJson()).SelectMany(Strings).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The shipped recipes as one line of JSON each.</summary>
    public static IReadOnlyList<byte[]> All { get; } = [.. RecipeCatalog.Names.Select(n =>
        Encoding.UTF8.GetBytes(RecipeCatalog.Get(n).ToJson()))];

    public static IMutation Mutation { get; } = new JsonMutation(Words);

    private static IEnumerable<string> Strings(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. Walk(document.RootElement).Where(s => s.Length < 40)];

        static IEnumerable<string> Walk(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject().SelectMany(p =>
                Walk(p.Value).Append(JsonSerializer.Serialize(p.Name))),
            JsonValueKind.Array => value.EnumerateArray().SelectMany(Walk),
            JsonValueKind.String => [value.GetRawText()],
            _ => [],
        };
    }
}

/// <summary>A recipe; what is accepted is written and read back to itself.</summary>
internal sealed class RecipeTarget(string name) : Target(name)
{
    private const string File = "fuzz.json";

    public override IReadOnlyList<byte[]> Seeds => Recipes.All;

    public override IMutation Mutation => Recipes.Mutation;

    public override string InputName => File;

    public override double AllocationPerByte => 128;

    // The layers and filters of a network that an embedding names, which is one of Engine's own.
    public override long AllocationBase => 4 << 20;

    public override bool IsDocumented(Exception e) => e is Engine.Classifiers.EngineException;

    public override object Parse(byte[] bytes) => Recipe.Parse(Encoding.UTF8.GetString(bytes), File);

    public override void Check(object parsed)
    {
        var text = ((Recipe)parsed).ToJson();
        Require(Recipe.Parse(text, File).ToJson() == text, "what was written reads back as something else");
    }
}

/// <summary><c>--set key=value</c>: one value of a recipe.</summary>
internal sealed class SettingTarget(string name) : Target(name)
{
    private static readonly string[] s_recipes = ["gtzan57-svm", "cortis-mlp-tuned", "cs464-conv2d", "cortis-mmnn"];

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. ((string[])[
            "0classifier.c=7", "0scaler=robust", "0selection=null", "1classifier.layers[0].units=32", "1search[0].low=2",
                "1classifier.training.optimizer={\"kind\":\"sgd\",\"learning_rate\":0.1}",
            "2classifier.layers[0].filters=8", "2front_end.sample_rate=16000", "3name=mine", "3classifier.training.epochs=3",
        ]).Select(Encoding.UTF8.GetBytes),
    ];

    public override IMutation Mutation { get; } = new Mixed(
        (2, new LineMutation('.', null, "classifier", "layers[0]", "layers[1].kernel=[3,3]", "training", "epochs=2", "optimizer",
            "front_end", "features", "search", "split=kfold:3", "x[", "]", "[0]", "[99999999999]")),
        (2, new LineMutation('=', new JsonMutation(), "{\"kind\":\"adam\"}", "[1,2]", "{", "null", "\"x\"")),
        (1, new ByteMutation("[0]", ".", "=", "null", "classifier.")));

    public override double AllocationPerByte => 128;

    public override long AllocationBase => 4 << 20;

    public override bool IsDocumented(Exception e) => e is Engine.Classifiers.EngineException;

    // It repeats what the user typed.
    public override int LongestMessage => int.MaxValue;

    // The first byte chooses the recipe.
    public override object? Parse(byte[] bytes)
    {
        if (bytes.Length < 2) return null;
        var text = Encoding.UTF8.GetString(bytes.AsSpan(1));
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 1 ? null : RecipeCatalog.Get(s_recipes[bytes[0] % s_recipes.Length]).With(text[..equals],
            text[(equals + 1)..]);
    }

    public override void Check(object parsed)
    {
        var text = ((Recipe)parsed).ToJson();
        Require(Recipe.Parse(text, "fuzz").ToJson() == text, "what was written reads back as something else");
    }
}
