using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Cli.Cases;
using Engine.Cli.SelfTest;
using Engine.Cli.Text;
using Engine.Tensors;

namespace Engine.Cli.Reports;

/// <summary>The results of a self-test: a line per family of operations and every failure in full, or JSON.</summary>
internal static class SelfTestReport
{
    /// <summary>The summary.</summary>
    public static string Text(
        Device device, IReadOnlyList<OperationFamily> families, IReadOnlyList<CheckResult> results, Layout layout)
    {
        var text = new ReportText(layout);
        var table = new TextTable("operations", ">cases", ">worst error of budget", "result");
        foreach (var family in families)
        {
            CheckResult[] own = [.. results.Where(r => family.Cases.Contains(r.Case))];
            if (own.Length == 0) continue;
            var failed = own.Count(r => !r.Passed);
            table.Add(family.Name, own.Length.ToString(CultureInfo.InvariantCulture), Share(own.MaxBy(r => r.Share)!),
                failed == 0 ? "pass" : $"{failed} FAIL");
        }

        text.Table(table);
        CheckResult[] faults = [.. results.Where(r => !r.Passed)];
        if (faults.Length > 0) text.Line();
        foreach (var r in faults) text.Raw(Visible.Line($"FAIL: {r.Case.Operation} {r.Case.Description}: {r.Fault}"));
        var model = Model(device);
        var on = model is null ? device.Name : $"{device.Name} ({model})";
        return text.Line().Raw($"selftest: {results.Count - faults.Length} of {results.Count} passed on {on}").ToString();
    }

    /// <summary>The heading of <see cref="Row"/>s.</summary>
    public static string Heading(IReadOnlyList<OperationCase> cases) => Line(cases, "operation", "on", "error of budget");

    /// <summary>A check's result in one line.</summary>
    public static string Row(IReadOnlyList<OperationCase> cases, CheckResult result) => Line(
        cases, result.Case.Operation, result.Case.Description,
        $"{Share(result),6}  {(result.Passed ? "pass" : $"FAIL: {result.Fault}")}");

    /// <summary>Every check as JSON.</summary>
    public static string Json(Device device, IReadOnlyList<CheckResult> results) => new JsonObject
    {
        ["device"] = device.Name,
        ["model"] = Model(device),
        ["passed"] = results.Count(r => r.Passed),
        ["total"] = results.Count,
        ["checks"] = new JsonArray([.. results.Select(r => new JsonObject
        {
            ["operation"] = r.Case.Operation,
            ["sizes"] = r.Case.Description,
            ["passed"] = r.Passed,
            ["budget_used"] = double.IsFinite(r.Share) ? Math.Round(r.Share, 4) : null,
            ["seconds"] = Math.Round(r.Seconds, 4),
            ["fault"] = r.Fault,
        })]),
    }.ToJsonString(JsonText.Indented) + "\n";

    private static string Line(IReadOnlyList<OperationCase> cases, string operation, string sizes, string rest)
    {
        var (first, second) = (cases.Max(c => c.Operation.Length), cases.Max(c => c.Description.Length));
        return $"{operation.PadRight(first)}  {sizes.PadRight(second)}  {rest}";
    }

    private static string? Model(Device device) => BackendRegistry.List().FirstOrDefault(l => l.Name == device.Name)?.Model;

    // A check that threw before it compared anything has no share.
    private static string Share(CheckResult result) =>
        !result.Passed && result.Share == 0
        ? "-" : !double.IsFinite(result.Share) || result.Share >= 100
            ? "wrong" : result.Share.ToString("0%", CultureInfo.InvariantCulture);
}
