using Engine.Tests.Support;

namespace Engine.Tests.Cli;

/// <summary>A file or folder of one kind where another is wanted: it is named for what it is, and what is wanted.</summary>
public sealed class WrongKindTests(CorpusFixture corpus) : IClassFixture<CorpusFixture>, IDisposable
{
    private static readonly TimeSpan s_hang = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    private string Song => Path.Combine(corpus.Corpus, "moondub", "moondub.00000.wav");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Recipe_OfAnotherKind_IsNamed()
    {
        Refused(_folder.Path, "it is a folder");
        Refused(corpus.Run, "is a run folder, not a recipe", "run.json");
        Refused(corpus.Model, "is a model, not a recipe", "run.json");
        Refused(Path.Combine(corpus.Run, "run.json"), "is the record of a run");
        Refused(Song, "is no text");

        void Refused(string path, params string[] parts)
        {
            EngineRun.Of("recipes", path).IsRefused([path, .. parts]);
            EngineRun.Of("train", corpus.Corpus, "--recipe", path, "--out", _folder["out"]).IsRefused([path, .. parts]);
            Assert.False(Path.Exists(_folder["out"]));
        }
    }

    [Fact]
    public void Run_OfAnotherKind_IsNamed()
    {
        EngineRun.Of("test", corpus.Model).IsRefused($"engine: {corpus.Model}: is a file; name a run folder");
        EngineRun.Of("test", _folder["none"]).IsRefused($"engine: {_folder["none"]}: there is no such folder");
        EngineRun.Of("test", _folder.Path).IsRefused($"engine: {_folder.Path}: is not a run folder", "run.json");
    }

    [Fact]
    public void Model_OfAnotherKind_IsNamed()
    {
        Refused(Song, "appears 2 times");
        Refused(_folder.Path, "no recording");
        Refused(_folder["none"], "there is no such file, folder or named model");
        File.WriteAllText(_folder["m.safetensors"], "some text, and no model at all");
        Refused(_folder["m.safetensors"], "its content is not a model", "model.safetensors");

        void Refused(string model, params string[] parts) => EngineRun.Of("predict", model, Song).IsRefused([model, .. parts]);
    }

    [Fact]
    public void Recording_OfAnotherKind_IsNamedWithoutADecoder()
    {
        foreach (var (content, name) in new (byte[], string)[]
        {
            (File.ReadAllBytes(corpus.Model), "tensors (safetensors)"),
            ([0x93, .. "NUMPY\u0001\0"u8], "a NumPy array"),
            ([.. "hello\n"u8], "text"),
        })
        {
            File.WriteAllBytes(_folder["a.bin"], content);
            var run = EngineRun.Of("predict", corpus.Run, _folder["a.bin"], "--no-cache");
            run.IsRefused(_folder["a.bin"], $"its content is {name}");
            Assert.DoesNotContain("ffmpeg", run.Error);
        }
    }

    [Fact]
    public void Recording_NamedTwice_IsRefused()
    {
        var other = Path.Combine(Path.GetDirectoryName(Song)!, ".", Path.GetFileName(Song));
        EngineRun.Of("predict", corpus.Run, Song, other, "--no-cache").IsRefused($"{Song}: appears 2 times");
        EngineRun.Of("predict", corpus.Run, Path.GetDirectoryName(Song)!, Song, "--no-cache").IsRefused("appears 2 times");
    }

    [Fact]
    public void Figures_ThatAreNone_AreNamedByTheirFile()
    {
        var metrics = Path.Combine(Copy(), "metrics.json");
        File.WriteAllText(metrics, "{}");
        var run = EngineRun.Of("test", Path.GetDirectoryName(metrics)!, "--no-cache");
        run.IsRefused($"engine: {metrics}: ", "'accuracy' is missing");
        Assert.DoesNotContain("Engine.", run.Error);
    }

    [PosixTheory]
    [InlineData("run.json")]
    [InlineData("metrics.json")]
    [InlineData("model.safetensors")]
    public async Task Run_WithAPipe_IsRefusedAndNotWaitedFor(string name)
    {
        var run = Copy();
        File.Delete(Path.Combine(run, name));
        Fifo.Make(Path.Combine(run, name));
        (await Task.Run(() => EngineRun.Of("test", run, "--no-cache")).WaitAsync(s_hang)).IsRefused(Path.Combine(run, name));
    }

    [Fact]
    public void List_Empty_IsNamed()
    {
        File.WriteAllText(_folder["list"], "\n \n");
        foreach (var split in new[] { $"groups:{_folder["list"]}", $"files:{_folder["list"]},{_folder["list"]}" })
        {
            EngineRun.Of("train", corpus.Corpus, "--recipe", "gtzan57-knn", "--out", _folder["out"], "--no-cache", "--split",
                split)
                .IsRefused($"the list '{_folder["list"]}' is empty");
        }
    }

    private string Copy()
    {
        var run = _folder["copy"];
        Directory.CreateDirectory(run);
        foreach (var file in Directory.GetFiles(corpus.Run)) File.Copy(file, Path.Combine(run, Path.GetFileName(file)));
        return run;
    }
}
