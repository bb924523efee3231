using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Cli;
using Engine.Cli.Bench;
using Engine.Cli.Cases;
using Engine.Cli.Reports;
using Engine.Cli.SelfTest;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

public class SelfTestTests
{
    public static TheoryData<string> Operations => [.. WrongBackend.Operations];

    [Fact]
    public void SelfTest_OnTheProcessor_Passes()
    {
        var lines = EngineRun.Of("selftest", "--verbose").Succeeds().TrimEnd().Split('\n');
        Assert.Equal(CaseTable.All.Count + CaseTable.Families.Count + 5, lines.Length);
        Assert.All(lines[1..(CaseTable.All.Count + 1)], line => Assert.EndsWith("pass", line.TrimEnd()));
        Assert.StartsWith($"selftest: {CaseTable.All.Count} of {CaseTable.All.Count} passed on cpu (", lines[^1]);
    }

    [Fact]
    public void Report_OfPasses_IsALinePerFamily()
    {
        CheckResult[] results = [.. CaseTable.All.Select((c, i) => new CheckResult(c, i % 7 / 10.0, 0.1, null))];
        var lines = SelfTestReport.Text(Wrapped(null), CaseTable.Families, results, new(60, true)).TrimEnd().Split('\n');
        Assert.Equal(CaseTable.Families.Count + 3, lines.Length);
        Assert.Equal(
            CaseTable.Families.Select(f => $"{f.Name} {f.Cases.Count} {(f.Cases.Count >= 7 ? 60 : 0)}% pass"),
            lines[1..^2].Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 60));
    }

    // Without this, what follows could fail for the wrapper's own sake.
    [Fact]
    public void SelfTest_OfARightBackendInAWrapper_Passes() =>
        Assert.All(
            CaseTable.All.Where(c => c.Operation is "Binary" or "MaxPool2d" or "Lstm"),
            check => Assert.Null(SelfTestRun.Run(Wrapped(null), check).Fault));

    [Theory, MemberData(nameof(Operations))]
    public void SelfTest_OneNumberWrong_FailsEveryCheckOfTheOperation(string operation)
    {
        var device = Wrapped(operation);
        var checks = Of(operation);
        Assert.NotEmpty(checks);
        var results = Array.ConvertAll(checks, c => SelfTestRun.Run(device, c));
        Assert.All(
            results.Where(r => HasResults(r.Case)),
            r => Assert.True(!r.Passed, $"{r.Case.Operation} {r.Case.Description} did not notice; {r.Share:P0} of the budget"));
        Assert.Contains(results, r => r.Share > 1);
    }

    [Theory, MemberData(nameof(Operations))]
    public void SelfTest_OperationThrows_IsAFailureWithItsMessage(string operation)
    {
        var device = Wrapped(operation, throws: true);
        Assert.Contains(Of(operation), c => SelfTestRun.Run(device, c).Fault == $"{operation} is out of order.");
    }

    [Fact]
    public void Report_OfFailures_NamesThemAndCounts()
    {
        var device = Wrapped("Fill");
        CheckResult[] results = [.. Of("Fill").Select(check => SelfTestRun.Run(device, check))];
        var text = SelfTestReport.Text(device, CaseTable.Families, results, new(60, true));
        Assert.Matches(@"memory +3 +\S+ +3 FAIL", text);
        Assert.Contains("FAIL: Fill ", text);
        Assert.Contains(": filled[70000] is", text);
        Assert.EndsWith("selftest: 0 of 3 passed on wrong\n", text);
        Assert.Contains("3 FAIL", text);
        Assert.Contains("FAIL: filled[70000] is", SelfTestReport.Row(
            CaseTable.All, results.First(r => r.Fault!.StartsWith("filled[70000]"))));
    }

    [Fact]
    public void SelfTest_UnknownDevice_IsRefused()
    {
        EngineRun.Of("selftest", "--device", "tpu").IsRefused("'tpu' is not a device", "cpu", "opencl");
        EngineRun.Of("bench", "--device", "opencl:99").IsRefused("opencl:99");
        EngineRun.Of("selftest", "--device", "opencl:x").IsRefused("'opencl:x'");
    }

    [Fact]
    public void Devices_ListsTheProcessorAndWhatIsAbsent()
    {
        var text = EngineRun.Of("devices").Succeeds();
        Assert.Contains("cpu", text);
        using var json = JsonDocument.Parse(EngineRun.Of("devices", "--json").Succeeds());
        var devices = json.RootElement.EnumerateArray().ToArray();
        Assert.Equal("cpu", devices[0].GetProperty("name").GetString());
        Assert.Equal(Environment.ProcessorCount, devices[0].GetProperty("compute_units").GetInt32());
        Assert.True(devices[0].GetProperty("memory_bytes").GetInt64() > 0);
        Assert.All(devices, d =>
            Assert.NotEmpty(d.GetProperty(d.GetProperty("present").GetBoolean() ? "model" : "reason").GetString()!));
        Assert.All(BackendRegistry.List().Where(l => !l.IsPresent), l => Assert.Contains(
            $"no {l.Name}: {l.Description}", text.ReplaceLineEndings(" ")));
    }

    [Fact]
    public void Bench_OneRecipeAndABaseline_GivesRatesSharesAndRatios()
    {
        using var folder = new TemporaryFolder();
        string[] bench = ["bench", "--recipe", "cortis-mlp-fixed", "--kernel", "Softmax", "--kernel", "lstm", "--seconds", "0.1"];
        var old = JsonNode.Parse(EngineRun.Of([.. bench, "--json"]).Succeeds())!;
        Assert.Equal(["Lstm", "Lstm and its gradient", "Softmax"],
            old["kernels"]!.AsArray().Select(k => k!["name"]!.GetValue<string>()));
        Assert.True(old["peak_flops"]!.GetValue<double>() > 1e8);
        Assert.All(old["kernels"]!.AsArray(), k => Assert.True(k!["share_of_peak"]!.GetValue<double>() > 0));
        Assert.Equal(["upload", "download"], old["transfers"]!.AsArray().Select(t => t!["name"]!.GetValue<string>()));
        var step = Assert.Single(old["training_steps"]!.AsArray())!;
        Assert.True(step["samples_per_second"]!.GetValue<double>() > 0);
        Assert.Equal(CommandLine.Version, old["version"]!.GetValue<string>());

        var first = old["kernels"]![0]!;
        first["seconds"] = first["seconds"]!.GetValue<double>() * 1e6;
        old["kernels"]![1]!["name"] = "another";
        File.WriteAllText(folder["old.json"], old.ToJsonString());
        var now = JsonNode.Parse(EngineRun.Of([.. bench, "--baseline", folder["old.json"], "--json"]).Succeeds())!;
        Assert.InRange(now["kernels"]![0]!["baseline_ratio"]!.GetValue<double>(), 1e-8, 1e-3);
        Assert.Null(now["kernels"]![1]!["baseline_ratio"]);
        Assert.NotNull(now["training_steps"]![0]!["baseline_ratio"]);
        File.WriteAllText(folder["other.json"], "{}");
        EngineRun.Of([.. bench, "--baseline", folder["other.json"]]).IsRefused("other.json", "is not a benchmark");
        EngineRun.Of([.. bench, "--baseline", folder["missing.json"]]).IsRefused("missing.json");
    }

    [Theory]
    [InlineData(1.04, 0, false)]
    [InlineData(1.2, 0.1, true)]
    [InlineData(1.2, 0.25, false)]
    [InlineData(0.5, 0.3, true)]
    public void BenchChange_IsReal_OutsideTheNoise(double ratio, double noise, bool expected) =>
        Assert.Equal(expected, new Change(ratio, Math.Max(0.05, noise)).IsReal);

    [Fact]
    public void Bench_BadOptions_AreRefused()
    {
        EngineRun.Of("bench", "--recipe", "gtzan57-knn").IsRefused("gtzan57-knn", "no network");
        EngineRun.Of("bench", "--recipe", "nonsense").IsRefused("nonsense");
        EngineRun.Of("bench", "--kernel", "nonsense").IsRefused("nonsense", "MatMul, ");
        EngineRun.Of("bench", "--kernel", "softmax", "--startup").IsRefused("--startup", "--kernel");
        EngineRun.Of("bench", "--seconds", "0").IsRefused("--seconds", "'0'");
    }

    private static Device Wrapped(string? wrong, bool throws = false) => new("wrong", new WrongBackend(wrong, throws));

    private static OperationCase[] Of(string operation) =>
        [.. CaseTable.All.Where(c => c.Operation.Split(", ").Contains(operation))];

    // Where there is nothing there is nothing wrong; a last number that is NaN stays one; of some bits only the valid count.
    private static bool HasResults(OperationCase check) =>
        !check.Sizes.StartsWith("[0]", StringComparison.Ordinal) && !check.Sizes.Contains("[0, 3]")
        && !check.Sizes.StartsWith("0 of", StringComparison.Ordinal)
        && !check.Sizes.Contains("NaN") && check.Operation != "MaskGradient";
}
