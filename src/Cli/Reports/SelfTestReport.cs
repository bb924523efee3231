using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Cli.Cases;
using Engine.Cli.SelfTest;
using Engine.Tensors;

namespace Engine.Cli.Reports;

/// <summary>The results of a self-test: a line per check as it finishes, or JSON at the end.</summary>
internal sealed class SelfTestReport
{
    private readonly TextWriter _output;
    private readonly Device _device;
    private readonly bool _json;
    private readonly int _operationWidth;
    private readonly int _sizesWidth;
    private readonly List<CheckResult> _results = [];

    /// <summary>Starts a report on <paramref name="cases"/>.</summary>
    public SelfTestReport(TextWriter output, Device device, IReadOnlyList<OperationCase> cases, bool json)
    {
        (_output, _device, _json) = (output, device, json);
        (_operationWidth, _sizesWidth) = (cases.Max(c => c.Operation.Length), cases.Max(c => c.Description.Length));
        if (!json) _output.WriteLine($"{"operation".PadRight(_operationWidth)}  {"on".PadRight(_sizesWidth)}  error of budget");
    }

    /// <summary>Adds a check's result.</summary>
    public void Add(CheckResult result)
    {
        _results.Add(result);
        if (_json) return;
        var verdict = result.Passed ? "pass" : $"FAIL: {result.Fault}";
        _output.WriteLine($"{result.Case.Operation.PadRight(_operationWidth)}  "
            + $"{result.Case.Description.PadRight(_sizesWidth)}  {Share(result),6}  {verdict}");
        _output.Flush();
    }

    /// <summary>Ends the report and returns whether every check passed.</summary>
    public bool Finish()
    {
        var passed = _results.Count(r => r.Passed);
        var model = BackendRegistry.List().FirstOrDefault(l => l.Name == _device.Name)?.Model;
        if (_json) _output.WriteLine(Json(passed, model).ToJsonString(JsonText.Indented));
        else
        {
            var on = model is null ? _device.Name : $"{_device.Name} ({model})";
            _output.WriteLine($"selftest: {passed} of {_results.Count} passed on {on}");
        }

        return passed == _results.Count;
    }

    private JsonObject Json(int passed, string? model) => new()
    {
        ["device"] = _device.Name,
        ["model"] = model,
        ["passed"] = passed,
        ["total"] = _results.Count,
        ["checks"] = new JsonArray([.. _results.Select(r => new JsonObject
        {
            ["operation"] = r.Case.Operation,
            ["sizes"] = r.Case.Description,
            ["passed"] = r.Passed,
            ["budget_used"] = double.IsFinite(r.Share) ? Math.Round(r.Share, 4) : null,
            ["seconds"] = Math.Round(r.Seconds, 4),
            ["fault"] = r.Fault,
        })]),
    };

    // A check that threw before it compared anything has no share.
    private static string Share(CheckResult result) =>
        !result.Passed && result.Share == 0
        ? "-" : !double.IsFinite(result.Share) || result.Share >= 100
            ? "wrong" : result.Share.ToString("0%", CultureInfo.InvariantCulture);
}
