using Engine.Peers.Comparing;

namespace Engine.Tests.Peers;

public class ResultsTableTests
{
    private static readonly Machine s_machine = new("A processor", 2, "abc1234", 200e9, 20e9);

    [Fact]
    public void GeometricMean_OfReciprocals_IsOne() => Assert.Equal(1, ResultsTable.GeometricMean([0.5, 2, 0.25, 4]), 1e-12);

    [Fact]
    public void Bound_DependsOnThreadsForArithmeticOnly()
    {
        Assert.Equal(10, s_machine.Bound(Resource.Arithmetic, 2e9, 2), 1e-9);
        Assert.Equal(20, s_machine.Bound(Resource.Arithmetic, 2e9, 1), 1e-9);
        Assert.Equal(100, s_machine.Bound(Resource.Memory, 2e9, 1), 1e-9);
    }

    [Fact]
    public void Section_HasRatiosAndTheirMeans()
    {
        var text = ResultsTable.Section([Row("a", 20, 10, 40, 80), Row("b", 5, 20, 10, 10)]);
        Assert.Contains("| a | 2 | 20.0 | 10.0 | 2.00 | 40.0 | 0.50 | 2.00 | 80.0 | 0.25 | 4.000 | 5.00 | 2.50 | plain |", text);
        Assert.Contains("| b | 2 | 5.000 | 20.0 | 0.25 | 10.0 | 0.50 | 0.50 | 10.0 | 0.50 | 4.000 | 1.25 | 2.50 | plain |", text);
        Assert.Contains("0.71 of LibTorch (worst 2.00); 0.50 of ONNX Runtime (worst 0.50); 1.00 of the better peer (worst 2.00)",
            text);
    }

    [Fact]
    public void Section_WithoutOnnxRuntime_HasNoColumnsForIt()
    {
        var text = ResultsTable.Section([Row("a", 20, 10, null, 80) with { IsDisturbed = true }]);
        Assert.DoesNotContain("ONNX", text);
        Assert.Contains("| a | 2 | 20.0 * | 10.0 | 2.00 | 80.0 | 0.25 |", text);
    }

    [Fact]
    public void Json_GivesBackTheOutcome()
    {
        var line = (Row("a", 20, 10, null, 80) with { Instructions = Instructions.Avx2 }).ToJson();
        Assert.DoesNotContain('\n', line);
        Assert.Contains("\"libtorch\":10,", line);
        var back = Outcome.Parse(line);
        Assert.Equal(line, back.ToJson());
        Assert.Equal((10.0, null, Instructions.Avx2), (back.LibTorch, back.OnnxRuntime, back.Instructions));
        Assert.Equal(s_machine, back.Machine);
    }

    private static Outcome Row(string label, double ours, double libTorch, double? onnxRuntime, double installed) => new()
    {
        Group = "step",
        Section = "Training step",
        Label = label,
        Threads = 2,
        Instructions = Instructions.All,
        Ours = ours,
        LibTorch = libTorch,
        Variant = "plain",
        OnnxRuntime = onnxRuntime,
        Installed = installed,
        Bound = 4,
        Resource = Resource.Arithmetic,
        Tried = new Dictionary<string, double> { ["plain"] = libTorch },
        Errors = new Dictionary<string, string>(),
        Samples = new Dictionary<string, IReadOnlyList<double>> { ["ours"] = [ours, ours] },
        Disturbance = new Dictionary<string, IReadOnlyList<double>> { ["ours"] = [0, 0.01] },
        Machine = s_machine,
        Versions = new Dictionary<string, string> { ["ours"] = ".NET" },
        Time = new(2026, 11, 30, 0, 0, 0, DateTimeKind.Utc),
    };
}
