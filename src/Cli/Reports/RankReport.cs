using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Cli.SelfTest;
using Engine.Cli.Text;
using Engine.Tensors.Distributed;

namespace Engine.Cli.Reports;

/// <summary>The results of <c>selftest --ranks</c>.</summary>
internal static class RankReport
{
    /// <summary>A line for each operation and size.</summary>
    public static string Text(
        Communicator ranks, IReadOnlyList<string> hosts, IReadOnlyList<RankCheckResult> results, Layout layout)
    {
        var table = new TextTable("operation", ">bytes", ">microseconds", ">MB/s", "result");
        foreach (var r in results)
        {
            table.Add(r.Operation, Number(r.Bytes), r.Microseconds.ToString("0.0", CultureInfo.InvariantCulture),
                r.Bytes >= 4096 ? (r.Bytes / r.Microseconds).ToString("0", CultureInfo.InvariantCulture) : "",
                r.Passed ? "pass" : $"FAIL on rank {string.Join(", ", r.Wrong)}");
        }

        var on = string.Join(", ", hosts.GroupBy(h => h).Select(h => $"{h.Count()} on {h.Key}"));
        return new ReportText(layout).Table(table).Line().Raw(Visible.Line(
            $"selftest: {results.Count(r => r.Passed)} of {results.Count} passed on {ranks.Size} ranks ({on}), {ranks.Library}"))
            .ToString();
    }

    /// <summary>The same as JSON.</summary>
    public static string Json(Communicator ranks, IReadOnlyList<string> hosts, IReadOnlyList<RankCheckResult> results) =>
        new JsonObject
        {
            ["library"] = ranks.Library,
            ["hosts"] = new JsonArray([.. hosts.Select(h => (JsonNode)h)]),
            ["passed"] = results.Count(r => r.Passed),
            ["total"] = results.Count,
            ["checks"] = new JsonArray([.. results.Select(r => new JsonObject
            {
                ["operation"] = r.Operation,
                ["bytes"] = r.Bytes,
                ["microseconds"] = Math.Round(r.Microseconds, 1),
                ["wrong_ranks"] = new JsonArray([.. r.Wrong.Select(w => (JsonNode)w)]),
            })]),
        }.ToJsonString(JsonText.Indented) + "\n";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
