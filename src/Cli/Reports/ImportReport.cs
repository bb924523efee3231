using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Cli.Text;
using Engine.Pipeline.Importing;
using Engine.Tensors.Serialization;

namespace Engine.Cli.Reports;

/// <summary>What became of a file of weights, as text and as JSON.</summary>
internal static class ImportReport
{
    // More names would hide the rest.
    private const int MostNames = 12;

    /// <summary>The tensors of a file.</summary>
    public static string Of(string path, WeightsFile weights, Layout layout)
    {
        var table = new TextTable("tensor", "type", "sizes");
        foreach (var tensor in weights.Tensors) table.Add(tensor.Name, tensor.Type.Name, Sizes(tensor.Shape));
        return new ReportText(layout).Field("file", path).Field("format", $"{weights.Format}, {weights.Tensors.Count} tensors")
            .Line().Table(table).ToString();
    }

    /// <summary>The tensors of a file as JSON.</summary>
    public static string Json(string path, WeightsFile weights) => Text(new JsonObject
    {
        ["file"] = path,
        ["format"] = weights.Format,
        ["tensors"] = new JsonArray([.. weights.Tensors.Select(Node)]),
    });

    /// <summary>What was imported.</summary>
    public static string Of(
        string path, string target, WeightsImport import, IReadOnlyList<ReferenceError> errors, string? problem, Layout layout)
    {
        var (plan, description) = (import.Plan, import.Description);
        var text = new ReportText(layout)
            .Field("file", path)
            .Field("format", $"{import.Format}, SHA-256 {import.SourceHash}")
            .Field("network", $"{description.Name}: {description.Description}")
            .Field("source", description.Source)
            .Field("licence", description.Licence)
            .Field("tensors", $"{plan.Matched.Count} of {plan.Matched.Count + plan.Missing.Count} found, "
                + $"{plan.Skipped.Count} left out by the map, {plan.Unused.Count} not used");
        if (Converted(plan) is { Length: > 0 } converted) text.Field("converted", $"{converted} to float32");
        if (plan.Unused.Count > 0) text.Field("not used", Some(plan.Unused.Select(t => t.Name)));
        if (plan.Missing.Count > 0) text.Field("missing", Some(plan.Missing));
        if (plan.Wrong.Count > 0) text.Field("wrong", Some(plan.Wrong));
        if (errors.Count > 0)
            text.Field("reference", string.Join(", ", errors.Select(e => $"{e.Output} {Number(e.Error)}")) + " relative error");
        if (problem is null) text.Field("written", $"{target}, SHA-256 of its values {Hash(target)}");
        return text.ToString();
    }

    /// <summary>The same as JSON.</summary>
    public static string Json(
        string path, string target, WeightsImport import, IReadOnlyList<ReferenceError> errors, string? problem) =>
        Text(new JsonObject
        {
            ["file"] = path,
            ["format"] = import.Format,
            ["file_sha256"] = import.SourceHash,
            ["network"] = import.Description.Name,
            ["source"] = import.Description.Source,
            ["licence"] = import.Description.Licence,
            ["matched"] = new JsonArray([.. import.Plan.Matched.Select(m => (JsonNode)new JsonObject
            {
                ["from"] = m.Source.Name,
                ["to"] = m.Target,
                ["type"] = m.Source.Type.Name,
                ["shape"] = Shape(m.Layout.Shape(m.Source.Shape)),
            })]),
            ["skipped"] = new JsonArray([.. import.Plan.Skipped.Select(Node)]),
            ["unused"] = new JsonArray([.. import.Plan.Unused.Select(Node)]),
            ["missing"] = new JsonArray([.. import.Plan.Missing.Select(m => (JsonNode)m)]),
            ["wrong"] = new JsonArray([.. import.Plan.Wrong.Select(w => (JsonNode)w)]),
            ["reference"] = new JsonObject([.. errors.Select(e => KeyValuePair.Create(e.Output, (JsonNode?)Finite(e.Error)))]),
            ["written"] = problem is null ? target : null,
            ["payload_sha256"] = problem is null ? Hash(target) : null,
        });

    /// <summary>An error, in two digits.</summary>
    public static string Number(double value) => value.ToString("0.0e-0", CultureInfo.InvariantCulture);

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static string Hash(string path) => SafetensorsFile.ReadMetadata(path)["payload_sha256"];

    private static string Converted(ImportPlan plan) => string.Join(", ", plan.Matched.GroupBy(m => m.Source.Type.Name)
        .Where(g => g.Key != NumberType.Float32.Name).Select(g => $"{g.Count()} from {g.Key}"));

    private static string Some(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return string.Join(", ", all.Take(MostNames)) + (all.Length > MostNames ? $" and {all.Length - MostNames} more" : "");
    }

    private static string Sizes(IReadOnlyList<int> shape) => $"[{string.Join(", ", shape)}]";

    private static JsonObject Node(SourceTensor tensor) =>
        new() { ["name"] = tensor.Name, ["type"] = tensor.Type.Name, ["shape"] = Shape(tensor.Shape) };

    private static JsonArray Shape(IEnumerable<int> shape) => new([.. shape.Select(s => (JsonNode)s)]);

    private static string Text(JsonObject node) => node.ToJsonString(JsonText.Indented) + "\n";
}
