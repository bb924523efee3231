using System.Globalization;
using System.Text.Json.Nodes;
using CsvHelper;
using Engine.Cli.Text;
using Engine.Pipeline;

namespace Engine.Cli.Reports;

/// <summary>Predictions as a table for people, or as CSV or JSON for programs.</summary>
internal static class PredictionReport
{
    /// <summary>
    /// Formats the <paramref name="top"/> most probable genres of each file. Uncalibrated numbers are called
    /// scores, in every format.
    /// </summary>
    public static string Format(
        string format, IReadOnlyList<(string File, GenrePrediction Prediction)> labelled, int top, bool leaky,
        Layout layout) => format switch
        {
            "csv" => Csv(labelled, top, leaky),
            "json" => Json(labelled, top, leaky),
            _ => Table(labelled, top, leaky, layout),
        };

    private static string Table(
        IReadOnlyList<(string File, GenrePrediction Prediction)> labelled, int top, bool leaky, Layout layout)
    {
        string[] next = top > 1 ? ["then"] : [];
        var table = new TextTable(["file", "genre", IsCalibrated(labelled) ? ">p" : ">score", .. next]);
        foreach (var (file, prediction) in labelled)
        {
            var others = prediction.Ranked.Take(top).Skip(1).Select(r => $"{r.Label} {Share(r.Probability)}");
            string[] cells = [file, prediction.Label, Share(prediction.Probability)];
            table.Add(top > 1 ? [.. cells, string.Join(", ", others)] : cells);
        }

        var text = new ReportText(layout).Table(table);
        return (leaky ? text.Line().Paragraph(RunReport.LeakyLine) : text).ToString();
    }

    private static string Csv(IReadOnlyList<(string File, GenrePrediction Prediction)> labelled, int top, bool leaky)
    {
        var name = Name(labelled);
        using var text = new StringWriter();
        using (var csv = CsvWriter.Create(text, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true))
        {
            var next = Enumerable.Range(2, top - 1).SelectMany(k => new[] { $"genre_{k}", $"{name}_{k}" });
            csv.WriteRecord(["file", "genre", name, .. next, "leaky"]);
            foreach (var (file, prediction) in labelled)
            {
                var ranked = prediction.Ranked.Take(top)
                    .SelectMany(r => new[] { r.Label, r.Probability.ToString("R", CultureInfo.InvariantCulture) });
                csv.WriteRecord([file, .. ranked, leaky ? "LEAKY" : "no"]);
            }
        }

        return text.ToString();
    }

    private static string Json(IReadOnlyList<(string File, GenrePrediction Prediction)> labelled, int top, bool leaky)
    {
        var name = Name(labelled);
        var array = new JsonArray();
        foreach (var (file, prediction) in labelled)
        {
            var ranked = prediction.Ranked.Take(top).Select(r => new JsonObject { ["genre"] = r.Label, [name] = r.Probability });
            array.Add((JsonNode)new JsonObject
            {
                ["file"] = file,
                ["genre"] = prediction.Label,
                [name] = prediction.Probability,
                ["ranked"] = new JsonArray([.. ranked]),
                ["leaky"] = leaky,
            });
        }

        return array.ToJsonString(JsonText.Indented) + "\n";
    }

    // All come from the same model.
    private static bool IsCalibrated(IReadOnlyList<(string File, GenrePrediction Prediction)> labelled) =>
        labelled.All(l => l.Prediction.IsCalibrated);

    private static string Name(IReadOnlyList<(string File, GenrePrediction Prediction)> labelled) => IsCalibrated(labelled)
        ? "probability" : "score";

    private static string Share(double probability) => probability.ToString("0.00", CultureInfo.InvariantCulture);
}
