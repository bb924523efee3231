using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Cli.Text;
using Engine.Pipeline;

namespace Engine.Cli.Reports;

/// <summary>The models that have names, as text and as JSON.</summary>
internal static class ModelsReport
{
    // More names would fill the screen.
    private const int MostGenres = 12;

    /// <summary>A table of all models.</summary>
    public static string Of(IReadOnlyList<NamedModel> models, Layout layout)
    {
        var table = new TextTable("model", "where", ">accuracy", "numbers", ">size", "recipe", "genres", "tested by");
        foreach (var model in models)
        {
            if (model.Error is { } error) table.Add(model.Name, Where(model), "-", "-", Size(model), "-", "-", error);
            else
                table.Add(model.Name, Where(model), Accuracy(model.Tested), Numbers(model), Size(model), model.Recipe,
                    Genres(model), Protocol(model.Tested));
        }

        return new ReportText(layout).Table(table).Line().Paragraph(
            "accuracy: of tracks that the tested model had not learned from. engine models NAME prints the card. Models of your "
            + $"own belong into {ModelCatalog.UserFolder}: NAME.safetensors, or a run folder NAME.").ToString();
    }

    /// <summary>One model without a card.</summary>
    public static string Of(NamedModel model, Layout layout)
    {
        var text = new ReportText(layout).Field("model", model.Name).Field("file", Where(model)).Field("size", Size(model));
        if (model.Error is { } error) return text.Field("error", error).ToString();
        text.Field("recipe", model.Recipe).Field("genres", string.Join(", ", model.Labels)).Field("numbers", Numbers(model));
        foreach (var network in model.Networks) text.Field("network", network);
        if (model.Tested is not { } test) return text.Field("accuracy", "not recorded").ToString();
        var interval = test.AccuracyCi95 is [var low, var high]
            ? $", 95 % interval {ReportText.Number(low)} to {ReportText.Number(high)}" : "";
        text.Field(test.Leaky ? "LEAKY" : "accuracy", $"{ReportText.Number(test.Accuracy)}{interval}, {test.Tested} tested");
        if (test.ExpectedCalibrationError is { } ece) text.Field("calibration", $"expected error {ReportText.Number(ece)}");
        text.Field("tested by", test.Protocol).Field("fitted on",
            test.Final ? $"all {test.LearnedTracks} tracks, after the test" : $"{test.LearnedTracks} training tracks");
        return text.ToString();
    }

    /// <summary>All models as an array.</summary>
    public static string Json(IReadOnlyList<NamedModel> models) =>
        new JsonArray([.. models.Select(Node)]).ToJsonString(JsonText.Indented) + "\n";

    /// <summary>One model as an object.</summary>
    public static string Json(NamedModel model) => Node(model).ToJsonString(JsonText.Indented) + "\n";

    private static JsonObject Node(NamedModel model)
    {
        var node = new JsonObject
        {
            ["name"] = model.Name,
            ["built_in"] = model.Path is null,
            ["path"] = model.Path,
            ["bytes"] = model.Bytes,
        };
        if (model.Error is { } error)
        {
            node["error"] = error;
            return node;
        }

        node["recipe"] = model.Recipe;
        node["labels"] = new JsonArray([.. model.Labels.Select(l => (JsonNode)JsonValue.Create(l))]);
        node["networks"] = new JsonArray([.. model.Networks.Select(n => (JsonNode)JsonValue.Create(n))]);
        node["calibrated"] = model.IsCalibrated;
        node["tested"] = model.Tested is { } test ? JsonNode.Parse(test.ToJson()) : null;
        return node;
    }

    private static string Where(NamedModel model) => model.Path ?? "built in";

    private static string Numbers(NamedModel model) => model.IsCalibrated ? "probabilities" : "scores";

    private static string Size(NamedModel model) =>
        string.Create(CultureInfo.InvariantCulture, $"{model.Bytes / 1000.0:0.0} kB");

    private static string Accuracy(ModelTest? test) =>
        test is null ? "-" : ReportText.Number(test.Accuracy) + (test.Leaky ? " LEAKY" : "");

    private static string Protocol(ModelTest? test) => test?.Protocol ?? "not recorded";

    private static string Genres(NamedModel model) => model.Labels.Count <= MostGenres
        ? string.Join(", ", model.Labels) : $"{model.Labels.Count}";
}
