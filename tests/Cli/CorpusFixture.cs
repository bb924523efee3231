using Engine.Tests.Support;

namespace Engine.Tests.Cli;

/// <summary>A tiny synthetic corpus, ten genres of five tracks of one second, and a run trained on it.</summary>
public sealed class CorpusFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CorpusFixture()
    {
        EngineRun.Of("synth", Corpus, "--tracks", "5", "--seconds", "1").Succeeds();
        TrainOutput = EngineRun.Of("train", Corpus, "--recipe", "gtzan57-knn", "--out", Run, "--no-cache").Succeeds();
    }

    public string Corpus => _folder["corpus"];

    public string Run => _folder["run"];

    public string Model => _folder["run", "model.safetensors"];

    /// <summary>What training printed.</summary>
    public string TrainOutput { get; }

    public void Dispose() => _folder.Dispose();
}
