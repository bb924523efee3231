using Engine.Cli;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

/// <summary><c>--device</c> on every command that computes with networks.</summary>
public sealed class DeviceOptionTests(CorpusFixture corpus) : IClassFixture<CorpusFixture>, IDisposable
{
    private const string Search = """search=[{"path": "classifier.training.batch", "kind": "integer", "low": 4, "high": 8}]""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Absent => new()
    {
        { "gpu", "'gpu' is not a device; there are cpu, auto, cuda, cuda:1, opencl" },
        { "opencl:99", "device 'opencl:99'" },
        { "OpenCL", "'OpenCL' is not a device" },
        { "", "--device: the value is empty" },
    };

    [Theory, MemberData(nameof(Absent))]
    public void Device_Absent_IsRefused(string device, string part)
    {
        EngineRun.Of(Train("spectro-ann", "--device", device)).IsRefused(part);
        EngineRun.Of(Train("spectro-ann", "--dry-run", "--device", device)).IsRefused(part);
        EngineRun.Of("compare", corpus.Corpus, "--recipes", "spectro-ann,gtzan57-knn", "--out", _folder["run"], "--device",
            device).IsRefused(part);
        EngineRun.Of("tune", corpus.Corpus, "--recipe", "spectro-ann", "--set", Search, "--out", _folder["run"], "--device",
            device).IsRefused(part);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Device_AbsentForANetworkThatIsThere_IsRefused()
    {
        EngineRun.Of(Train("spectro-ann", "--set", "classifier.training.epochs=1")).Succeeds();
        EngineRun.Of("test", _folder["run"], "--device", "opencl:99").IsRefused("device 'opencl:99'");
        EngineRun.Of("predict", _folder["run"], corpus.Corpus, "--device", "opencl:99").IsRefused("device 'opencl:99'");
        File.Delete(_folder["run", "metrics.json"]);
        EngineRun.Of("train", "--resume", "--out", _folder["run"], "--device", "opencl:99").IsRefused("device 'opencl:99'");
    }

    [Theory]
    [InlineData("opencl")]
    [InlineData("cuda:0")]
    public void Device_ForAClassifier_IsRefused(string device)
    {
        const string Part = "gtzan57-knn has no network; it runs on the processor: leave --device out";
        EngineRun.Of(Train("gtzan57-knn", "--device", device)).IsRefused(Part);
        EngineRun.Of("test", corpus.Run, "--device", device).IsRefused(Part);
        EngineRun.Of("predict", corpus.Run, corpus.Corpus, "--device", device).IsRefused(Part);
        EngineRun.Of("compare", corpus.Corpus, "--recipes", "gtzan57-knn", "--out", _folder["run"], "--device", device)
            .IsRefused(Part);
        EngineRun.Of("tune", corpus.Corpus, "--recipe", "gtzan57-knn", "--set", Search.Replace("training.batch", "k"), "--out",
            _folder["run"], "--device", device).IsRefused(Part);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Device_WithRuns_IsRefused() =>
    EngineRun.Of("compare", "--runs", $"{corpus.Run},{corpus.Run}", "--device", "cpu").IsRefused("leave --device out");

    [Fact]
    public void Device_Missing_IsRefused() => EngineRun.Of(Train("spectro-ann", "--device")).IsRefused("--device");

    [Fact]
    public void Device_BestForAClassifier_IsTheProcessor()
    {
        var output = EngineRun.Of("test", corpus.Run, "--device", "auto", "--no-cache").Succeeds();
        Assert.Contains("device      cpu", output);
        Assert.Contains("device      cpu", corpus.TrainOutput);
    }

    [OpenClFact]
    public void Device_OpenCl_TrainsTestsAndPredicts()
    {
        Assert.Contains("device      opencl",
            EngineRun.Of(Train("spectro-ann", "--set", "classifier.training.epochs=2", "--device", "opencl:0")).Succeeds());
        Assert.Contains("device      opencl", EngineRun.Of("test", _folder["run"], "--no-cache", "--device", "opencl")
            .Succeeds());
        Assert.Contains("device      cpu", EngineRun.Of("test", _folder["run"], "--no-cache").Succeeds());
        EngineRun.Of("predict", _folder["run"], Path.Combine(corpus.Corpus, "moondub"), "--no-cache", "--device", "opencl")
            .Succeeds();
    }

    [Fact]
    public void DeviceException_InMidRun_IsAFailureWithItsMessageAlone()
    {
        using var error = new StringWriter();
        var session = new Session(TextWriter.Null, error, outputIsTerminal: false, errorIsTerminal: false,
            CancellationToken.None);
        var code = CommandLine.Explain(
            new AggregateException(new DeviceException("opencl: no room for 8 MiB. Use a smaller batch, or --device cpu.")),
            session, debug: false);
        Assert.Equal(CommandLine.Failed, code);
        Assert.Equal($"engine: opencl: no room for 8 MiB. Use a smaller batch, or --device cpu.{Environment.NewLine}",
            error.ToString());
    }

    private string[] Train(string recipe, params string[] more) =>
        ["train", corpus.Corpus, "--recipe", recipe, "--out", _folder["run"], "--no-cache", .. more];
}
