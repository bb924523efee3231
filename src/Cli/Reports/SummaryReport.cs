using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Cli.Text;
using Engine.Nn;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Recipes;
using Engine.Tensors;

namespace Engine.Cli.Reports;

/// <summary>A network's description as text for people, or as JSON.</summary>
internal static class SummaryReport
{
    /// <summary>Layers with their output shape for one example, then totals and memory.</summary>
    public static string Text(Recipe recipe, RecipeSummary summary, Layout layout)
    {
        var text = new ReportText(layout);
        text.Field("recipe", recipe.Name);
        foreach (var input in summary.Inputs) text.Field("input", $"{input.Name} {input.Shape}");
        if (summary.Selection is { } selection) text.Field("select", $"{selection}; the figures below are for all columns");
        if (summary.Projection is { } projection) text.Field("project", projection);
        text.Line();

        // Only a graph has layers that do not simply read the one before.
        var isGraph = summary.Network.Layers.Any(l => l.Inputs is not null);
        string[] inputs = isGraph ? ["inputs"] : [];
        var table = new TextTable(["layer", "", .. inputs, ">output", ">parameters", ">multiply-adds"]);
        foreach (var layer in summary.Network.Layers)
        {
            string[] read = isGraph ? [string.Join(", ", layer.Inputs ?? [])] : [];
            table.Add([layer.Path, layer.Description, .. read, $"{Example(layer.Output)}", Count(layer.Parameters),
                Count(layer.MultiplyAdds)]);
        }

        string[] none = isGraph ? [""] : [];
        table.Add(["total", "", .. none, $"{Example(summary.Network.Output)}", Count(summary.Network.Parameters),
            Count(summary.Network.MultiplyAdds)]);
        text.Table(table);
        text.Line();

        var memory = new TextTable($"training step of {summary.Batch}", ">memory");
        memory.Add("parameters", Bytes(summary.ParameterBytes));
        memory.Add("their gradients", Bytes(summary.GradientBytes));
        memory.Add(summary.KeepsAverage ? "optimiser and average" : "optimiser", Bytes(summary.OptimizerBytes));
        memory.Add("batch, activations and their gradients, about", Bytes(summary.ActivationBytes));
        memory.Add("together, about", Bytes(summary.TrainingBytes));
        text.Table(memory);
        text.Line();
        var needs = new TextTable("needed, about", "for", ">memory");
        foreach (var need in summary.Needs) needs.Add(need.At, need.What.TrimEnd(','), Bytes(need.Bytes));
        needs.Add("together", "", Bytes(summary.Needs.Sum(n => n.Bytes)));
        text.Table(needs);
        text.Line();
        text.Paragraph("output and multiply-adds: for one example. multiply-adds: of matrix products and convolutions only.");
        return text.ToString();
    }

    /// <summary>The same as JSON; bytes and counts as numbers.</summary>
    public static string Json(Recipe recipe, RecipeSummary summary) => new JsonObject
    {
        ["recipe"] = recipe.Name,
        ["labels"] = summary.Labels,
        ["batch"] = summary.Batch,
        ["inputs"] = new JsonArray(
            [.. summary.Inputs.Select(i => new JsonObject { ["name"] = i.Name, ["shape"] = Sizes(i.Shape.Sizes) })]),
        ["selection"] = summary.Selection,
        ["projection"] = summary.Projection,
        ["layers"] = new JsonArray([.. summary.Network.Layers.Select(Layer)]),
        ["parameters"] = summary.Network.Parameters,
        ["multiply_adds"] = summary.Network.MultiplyAdds,
        ["memory"] = new JsonObject
        {
            ["parameter_bytes"] = summary.ParameterBytes,
            ["gradient_bytes"] = summary.GradientBytes,
            ["optimizer_bytes"] = summary.OptimizerBytes,
            ["activation_bytes"] = summary.ActivationBytes,
            ["training_bytes"] = summary.TrainingBytes,
        },
        ["needs"] = new JsonArray(
            [.. summary.Needs.Select(n => new JsonObject { ["at"] = n.At, ["what"] = n.What, ["bytes"] = Math.Round(n.Bytes) })]),
    }.ToJsonString(JsonText.Indented) + "\n";

    private static JsonObject Layer(LayerSummary layer)
    {
        var json = new JsonObject
        {
            ["path"] = layer.Path,
            ["description"] = layer.Description,
            ["output"] = Sizes(layer.Output.Sizes[1..]),
            ["parameters"] = layer.Parameters,
            ["multiply_adds"] = layer.MultiplyAdds,
        };
        if (layer.Inputs is { } inputs) json["inputs"] = new JsonArray([.. inputs.Select(i => (JsonNode)i)]);
        return json;
    }

    // Not a collection expression: that calls the generic Add, which does not survive trimming.
    private static JsonArray Sizes(ReadOnlySpan<int> sizes) => new([.. sizes.ToArray().Select(s => JsonValue.Create(s))]);

    // Without the sample axis.
    private static Shape Example(Shape shape) => new(shape.Sizes[1..]);

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Bytes(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:N1} MiB");
}
