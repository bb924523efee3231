using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CsvHelper;
using Engine.Cli.Text;
using Engine.Pipeline;
using Engine.Pipeline.Runs;

namespace Engine.Cli.Reports;

/// <summary>Timelines: their segments as a table for people, their windows as CSV, both as JSON.</summary>
internal static class TimelineReport
{
    /// <summary>Formats the timelines of files. Uncalibrated numbers are called scores, in every format.</summary>
    public static string Format(
        string format, IReadOnlyList<(string File, GenreTimeline Timeline)> timelines, bool leaky, Layout layout) =>
        format switch
        {
            "csv" => Csv(timelines, leaky),
            "json" => Json(timelines, leaky),
            _ => Table(timelines, layout) + (leaky ? $"\n{RunReport.LeakyLine}\n" : ""),
        };

    private static string Table(IReadOnlyList<(string File, GenreTimeline Timeline)> timelines, Layout layout)
    {
        var text = new StringBuilder();
        foreach (var (file, timeline) in timelines)
        {
            if (text.Length > 0) text.AppendLine();
            var table = new TextTable(">from", ">to", "genre", timeline.IsCalibrated ? ">p" : ">score");
            foreach (var segment in timeline.Segments)
            {
                table.Add(Time(segment.Start), Time(segment.End), segment.Label,
                    segment.Probability.ToString("0.00", CultureInfo.InvariantCulture));
            }

            var count = timeline.Windows.Count;
            var seconds = timeline.Windows[0].End - timeline.Windows[0].Start;
            var every = count > 1 ? $", one every {Seconds(timeline.Windows[1].Start - timeline.Windows[0].Start)}" : "";
            text.AppendLine(
                $"{Visible.Line(file)}  ({count} window{(count == 1 ? "" : "s")} of {Seconds(seconds)}{every})");
            text.Append(table.ToString(layout));
        }

        return text.ToString();
    }

    private static string Csv(IReadOnlyList<(string File, GenreTimeline Timeline)> timelines, bool leaky)
    {
        // All come from the same model.
        var columns = new PredictionColumns(timelines[0].Timeline.Labels, timelines[0].Timeline.IsCalibrated);
        using var text = new StringWriter();
        using (var csv = CsvWriter.Create(text, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true))
        {
            csv.WriteRecord(["file", "start", "end", "label", .. columns.Names, "leaky"]);
            foreach (var (file, timeline) in timelines)
            {
                foreach (var window in timeline.Windows)
                {
                    csv.WriteRecord([file, Number(window.Start), Number(window.End), window.Label,
                        .. columns.Of(window.Probabilities), leaky ? "LEAKY" : "no"]);
                }
            }
        }

        return text.ToString();
    }

    private static string Json(IReadOnlyList<(string File, GenreTimeline Timeline)> timelines, bool leaky)
    {
        var array = new JsonArray();
        foreach (var (file, timeline) in timelines)
        {
            var name = timeline.IsCalibrated ? "probability" : "score";
            var windows = timeline.Windows.Select(w => new JsonObject
            {
                ["start"] = w.Start,
                ["end"] = w.End,
                ["genre"] = w.Label,
                [timeline.IsCalibrated ? "probabilities" : "scores"] =
                    new JsonArray([.. w.Probabilities.Select(p => JsonValue.Create(p))]),
            });
            var segments = timeline.Segments.Select(s => new JsonObject
            {
                ["start"] = s.Start,
                ["end"] = s.End,
                ["genre"] = s.Label,
                [name] = s.Probability,
            });
            array.Add((JsonNode)new JsonObject
            {
                ["file"] = file,
                ["labels"] = new JsonArray([.. timeline.Labels.Select(l => JsonValue.Create(l))]),
                ["segments"] = new JsonArray([.. segments]),
                ["windows"] = new JsonArray([.. windows]),
                ["leaky"] = leaky,
            });
        }

        return array.ToJsonString(JsonText.Indented) + "\n";
    }

    // 0:07.5, 1:02:03.0
    private static string Time(double seconds)
    {
        var tenths = (long)Math.Round(seconds * 10);
        var (hours, minutes, rest) = (tenths / 36_000, tenths / 600 % 60, tenths % 600);
        var clock = string.Create(CultureInfo.InvariantCulture, $"{minutes}:{rest / 10:00}.{rest % 10}");
        return hours == 0 ? clock : string.Create(CultureInfo.InvariantCulture, $"{hours}:{minutes:00}:{clock.Split(':')[1]}");
    }

    private static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.##} s");

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
