using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Cli.Text;
using Engine.Pipeline.Checking;
using Engine.Pipeline.Data;

namespace Engine.Cli.Reports;

/// <summary>What a check of data found: a table of counts, then the worst of each kind and what to do.</summary>
internal static class CheckReport
{
    private const int MostNamed = 3, MostCopies = 4;

    /// <summary>The report for people.</summary>
    /// <param name="result">What was found.</param>
    /// <param name="all">Whether every item is listed.</param>
    /// <param name="layout">How much room there is.</param>
    public static string Of(CheckResult result, bool all, Layout layout)
    {
        var text = new ReportText(layout);
        text.Raw(Visible.Line($"{result.Data}: {Size(result)}, {Counted.Of(result.Genres.Count, "genre")}"));
        if (result.Findings.Count == 0) return text.Raw("nothing found that would spoil a training").ToString();
        var table = new TextTable("finding", ">count");
        foreach (var finding in result.Findings) table.Add(finding.Kind.Title(), $"{finding.Items.Count}");
        text.Line().Table(table);
        var some = false;
        foreach (var finding in result.Findings)
        {
            text.Line().Paragraph($"{finding.Kind.Title()}: {finding.Kind.Advice()}");
            foreach (var item in finding.Items.Take(all ? int.MaxValue : MostNamed))
                text.Raw($"  {Visible.Line(Describe(item, all))}");
            if (all || finding.Items.Count <= MostNamed) continue;
            text.Raw($"  and {finding.Items.Count - MostNamed} more");
            some = true;
        }

        if (some) text.Line().Raw("--verbose lists all.");
        return text.ToString();
    }

    /// <summary>The report for programs.</summary>
    public static string Json(CheckResult result) => new JsonObject
    {
        ["data"] = result.Data,
        [result.Seconds is null ? "rows" : "songs"] = result.Files,
        ["seconds"] = result.Seconds is { } seconds ? Math.Round(seconds, 3) : null,
        ["genres"] = new JsonObject(result.Genres.Select(g => KeyValuePair.Create(g.Genre, (JsonNode?)g.Tracks))),
        ["findings"] = new JsonArray([.. result.Findings.Select(f => new JsonObject
        {
            ["kind"] = f.Kind.Key(),
            ["count"] = f.Items.Count,
            ["advice"] = f.Kind.Advice(),
            ["items"] = new JsonArray([.. f.Items.Select(i => new JsonObject
            {
                ["files"] = new JsonArray([.. i.Files.Select(p => (JsonNode)p)]),
                ["detail"] = i.Detail,
            })]),
        })]),
    }.ToJsonString(JsonText.Indented) + "\n";

    private static string Size(CheckResult result) => result.Seconds is { } seconds
        ? string.Create(CultureInfo.InvariantCulture,
            $"{Counted.Of(result.Files, "song")}, {(seconds < 3600 ? $"{seconds / 60:0.#} min" : $"{seconds / 3600:0.#} h")}")
        : Counted.Of(result.Files, "row");

    private static string Describe(FoundItem item, bool all)
    {
        if (item.Files.Count == 0) return item.Detail;
        var most = all ? int.MaxValue : MostCopies;
        var more = item.Files.Count > most ? $" and {item.Files.Count - most} more" : "";
        return $"{string.Join(" = ", item.Files.Take(most))}{more}: {item.Detail}";
    }
}
