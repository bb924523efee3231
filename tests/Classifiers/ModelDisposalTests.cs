using System.Collections.Concurrent;
using Engine.Pipeline;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Tensors;
using Engine.Tensors.Cpu;

namespace Engine.Tests.Classifiers;

/// <summary>Models that are disposed of while they predict, and what is left of them afterwards.</summary>
public sealed class ModelDisposalTests : IClassFixture<ModelDisposalTests.Trained>
{
    private readonly Trained _trained;

    public ModelDisposalTests(Trained trained) => _trained = trained;

    [Fact]
    public void Dispose_WhileManyThreadsPredict_PredictionsAreRightOrSaySo()
    {
        var seen = new ConcurrentDictionary<string, int>();
        using (var model = GenreModel.Load(_trained.ModelPath)) _trained.Expected =
            string.Join(';', model.Predict(_trained.Samples, PipelineCorpus.Rate).Ranked);
        for (var round = 0; round < 12; round++)
        {
            var model = GenreModel.Load(_trained.ModelPath);
            var predictions = 0;
            var threads = Enumerable.Range(0, 6).Select(_ => new Thread(() =>
            {
                for (var i = 0; ; i++)
                {
                    var what = Predict(model);
                    seen.AddOrUpdate(what, 1, (_, count) => count + 1);
                    if (what != "right") return;
                    Interlocked.Increment(ref predictions);
                }
            })).ToArray();
            foreach (var thread in threads) thread.Start();
            SpinWait.SpinUntil(() => Volatile.Read(ref predictions) >= round, TimeSpan.FromMinutes(1));
            model.Dispose();
            foreach (var thread in threads) Assert.True(thread.Join(TimeSpan.FromMinutes(1)));
        }

        Assert.Equal(["ObjectDisposedException", "right"], seen.Keys.Order());
    }

    [Fact]
    public void Disposed_EveryMember_SaysSo()
    {
        var model = GenreModel.Load(_trained.ModelPath);
        model.Dispose();
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Predict(_trained.Samples, PipelineCorpus.Rate));
        Assert.Throws<ObjectDisposedException>(() => model.Predict("song.wav"));
        Assert.Throws<ObjectDisposedException>(() => model.Predict(["song.wav"], new WorkOptions()));
        Assert.Throws<ObjectDisposedException>(() => model.Save("model"));
        Assert.Throws<ObjectDisposedException>(() => model.Device);
        Assert.Equal(3, model.Labels.Count);
    }

    [Fact]
    public void Shared_ClosedDuringAUse_IsDisposedOfAtItsEnd()
    {
        var thing = new Thing();
        var closed = 0;
        var shared = new Shared<Thing>(thing, typeof(ModelDisposalTests), () => closed++);
        using (var first = shared.Use())
        {
            using var second = shared.Use();
            shared.Close();
            shared.Close();
            Assert.Same(thing, second.Value);
            Assert.False(thing.IsDisposed);
            Assert.Throws<ObjectDisposedException>(() => shared.Peek());
        }

        Assert.True(thing.IsDisposed);
        Assert.Equal(1, closed);
    }

    private string Predict(GenreModel model)
    {
        try
        {
            return string.Join(';', model.Predict(_trained.Samples, PipelineCorpus.Rate).Ranked) == _trained.Expected
                ? "right" : "wrong";
        }
        catch (Exception e)
        {
            return e.GetType().Name;
        }
    }

    /// <summary>A model with a network.</summary>
    public sealed class Trained : IDisposable
    {
        private const string Network = """
            {"name":"small","description":"d","front_end":{"sample_rate":22050,"features":{"set":"mel-frames","n_fft":512,"hop_length":256,"n_mels":16},"segment":1},
            "scaler":"none","window_scaler":"channel",
            "classifier":{"kind":"network","layers":[{"layer":"conv2d","filters":4,"kernel":3,"padding":1},{"layer":"relu"},{"layer":"global-average"},{"layer":"output"}],
            "training":{"optimizer":{"kind":"sgd","learning_rate":0.01},"batch":8,"epochs":1}},"split":"stratified","published":null}
            """;

        private readonly Support.TemporaryFolder _folder = new();

        public Trained()
        {
            PipelineCorpus.WriteAudio(_folder["audio"]);
            var options = PipelineCorpus.Options(_folder["audio"], _folder["run"]);
            Engine.Pipeline.Runs.Training.Run(options with { Recipe = Recipe.Parse(Network, "network") });
        }

        public string ModelPath => _folder["run", "model.safetensors"];

        public float[] Samples { get; } = PipelineCorpus.Clip("drone", 9);

        internal string Expected { get; set; } = "";

        public void Dispose() => _folder.Dispose();
    }

    private sealed class Thing : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}

/// <summary>Runs alone: the pools that it watches belong to the whole process.</summary>
[Collection(nameof(Tensors.MemoryTests))]
public sealed class ModelMemoryTests(ModelDisposalTests.Trained trained) : IClassFixture<ModelDisposalTests.Trained>
{
    [Fact]
    public void Dispose_AfterAPrediction_GivesThePoolsBlocksBack()
    {
        var pool = ((CpuBackend)Device.Cpu.Backend).Pool;
        Tensors.MemoryTests.CollectForgotten();
        Device.Cpu.Trim();
        var before = (pool.ReservedBytes, Scratch.Pool.ReservedBytes);
        var model = GenreModel.Load(trained.ModelPath);
        model.Predict(trained.Samples, PipelineCorpus.Rate);
        Assert.True(pool.ReservedBytes > before.Item1 && Scratch.Pool.ReservedBytes > before.Item2);
        model.Dispose();
        Assert.Equal(before, (pool.ReservedBytes, Scratch.Pool.ReservedBytes));
    }
}
