using Engine.Pipeline;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>Timelines of a recipe that takes whole recordings (of 1 s here) and of one that cuts windows.</summary>
public sealed class TimelineTests : IClassFixture<TimelineTests.Models>
{
    private const int Rate = PipelineCorpus.Rate;

    private readonly Models _models;

    public TimelineTests(Models models) => _models = models;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Timeline_TwoGenres_ChangesInTheMiddle(bool windows)
    {
        using var model = _models.Load(windows);
        var timeline = model.Timeline(Halves(4), Rate, hop: 0.25);
        Assert.Equal(["drone", "hiss"], timeline.Segments.Select(s => s.Label));
        var (first, second) = (timeline.Segments[0], timeline.Segments[1]);
        Assert.Equal(0, first.Start);
        Assert.InRange(first.End, 3.5, 4.5);
        Assert.Equal(first.End, second.Start);
        Assert.Equal(timeline.Windows[^1].End, second.End);
        Assert.All(timeline.Segments, s => Assert.InRange(s.Probability, 0.6, 1));
    }

    [Fact]
    public void Timeline_WholeRecordings_HasWindowsAsLongAsThoseOfTheTraining()
    {
        using var model = _models.Load(windows: false);
        Assert.Equal(1.0, model.WindowSeconds);
        var timeline = model.Timeline(Halves(2.2), Rate);
        Assert.Equal([(0, 1), (1, 2), (2, 3), (3, 4)], timeline.Windows.Select(w => ((int)w.Start, (int)w.End)));
        Assert.Equal([1.5, 0.7], Ends(model.Timeline(Halves(0.8), Rate, hop: 0.2, window: 0.7), 5, 1));
    }

    [Fact]
    public void Timeline_EachWindow_IsPredictedAsItsSamplesAlone()
    {
        using var model = _models.Load(windows: false);
        var samples = Halves(1.5);
        var timeline = model.Timeline(samples, Rate, hop: 0.5);
        Assert.Equal(5, timeline.Windows.Count);
        for (var w = 0; w < 5; w++)
        {
            var alone = model.Predict(samples.AsSpan(w * Rate / 2, Rate), Rate);
            Assert.Equal(alone.Label, timeline.Windows[w].Label);
            Assert.Equal(alone.Ranked.OrderBy(r => r.Label).Select(r => r.Probability), timeline.Windows[w].Probabilities);
        }
    }

    [Fact]
    public void Timeline_RecipesOwnWindows_HaveTheMeanThatPredictReturns()
    {
        using var model = _models.Load(windows: true);
        Assert.Equal(0.5, model.WindowSeconds);
        var samples = Halves(1);
        var timeline = model.Timeline(samples, Rate);
        Assert.Equal([0, 0.5, 1, 1.5], timeline.Windows.Select(w => w.Start));
        var mean = Enumerable.Range(0, 3).Select(l => timeline.Windows.Average(w => w.Probabilities[l]));
        var expected = model.Predict(samples, Rate).Ranked.OrderBy(r => r.Label).Select(r => r.Probability);
        Assert.All(expected.Zip(mean), p => Assert.Equal(p.First, p.Second, 12));
        Assert.False(timeline.IsCalibrated);
    }

    [Fact]
    public void Timeline_CalibratedModel_CalibratesEachWindow()
    {
        using var folder = new TemporaryFolder();
        Training.Run(new()
        {
            Data = PipelineCorpus.WriteTable(folder["table.csv"], tracks: 12),
            Output = folder["run"],
            Recipe = RecipeCatalog.Get("gtzan57-bayes"),
            Seed = 1,
        });
        using var model = GenreModel.Load(folder["run"]);
        var samples = PipelineCorpus.Clip("drone", 3);
        var timeline = model.Timeline(samples, Rate);
        Assert.True(timeline.IsCalibrated && model.IsCalibrated);
        Assert.Equal(model.Predict(samples, Rate).Ranked.OrderBy(r => r.Label).Select(r => r.Probability),
            Assert.Single(timeline.Windows).Probabilities);
        Assert.Equal(661794 / 22050.0, model.WindowSeconds);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Timeline_Files_AreThoseOfTheirSamplesWithAndWithoutCache(bool windows)
    {
        using var folder = new TemporaryFolder();
        PipelineCorpus.WriteWav(folder["a.wav"], Halves(1));
        PipelineCorpus.WriteWav(folder["b.wav"], PipelineCorpus.Clip("pulse", 2, 0.9));
        string[] paths = [folder["a.wav"], folder["b.wav"]];
        using var model = _models.Load(windows);
        var cache = new FeatureCache(folder["cache"]);
        foreach (var options in new[] { new WorkOptions(), new() { Cache = cache, Threads = 1 }, new() { Cache = cache } })
        {
            var (timelines, skipped) = model.Timeline(paths, options, hop: 0.5);
            Assert.Empty(skipped);
            for (var i = 0; i < paths.Length; i++)
            {
                var expected = model.Timeline(paths[i], hop: 0.5);
                Assert.Equal(expected.Windows.Select(w => (w.Start, w.End, w.Label)),
                    timelines[i]!.Windows.Select(w => (w.Start, w.End, w.Label)));
                Assert.Equal(expected.Windows.SelectMany(w => w.Probabilities),
                    timelines[i]!.Windows.SelectMany(w => w.Probabilities));
                Assert.Equal(expected.Segments, timelines[i]!.Segments);
            }
        }
    }

    [Fact]
    public void Timeline_ShorterThanAWindow_IsOneWindowOrAnErrorAsInPredict()
    {
        var samples = PipelineCorpus.Clip("pulse", 3, 0.4);
        using var whole = _models.Load(windows: false);
        var window = Assert.Single(whole.Timeline(samples, Rate, hop: 0.1).Windows);
        Assert.Equal((0, 0.4), (window.Start, window.End));
        Assert.Equal(whole.Predict(samples, Rate).Ranked.OrderBy(r => r.Label).Select(r => r.Probability), window.Probabilities);
        Assert.Equal(2, whole.Timeline(Upsampled(samples), 2 * Rate, window: 0.2).Windows.Count);
        using var cut = _models.Load(windows: true);
        var message = PipelineCorpus.ErrorOf(() => cut.Timeline(samples, Rate));
        Assert.Contains("8820 samples at 22050 Hz (400 ms) are too short", message);
        Assert.Contains("at least 11025", message);
    }

    [Fact]
    public void Timeline_BadInput_SaysWhat()
    {
        using var whole = _models.Load(windows: false);
        var samples = Halves(1);
        string Error(double? hop = null, double? window = null) =>
            PipelineCorpus.ErrorOf(() => whole.Timeline(samples, Rate, hop, window));
        Assert.Contains("hop is 0 s; it must be above 0", Error(0));
        Assert.Contains("hop is -1 s", Error(-1));
        Assert.Contains("hop is NaN s", Error(double.NaN));
        Assert.Contains("hop is 1E-09 s", Error(1e-9));
        Assert.Contains("window is 1E+300 s", Error(null, 1e300));
        Assert.Contains("need at least 2048", Error(null, 0.01));
        Assert.Contains("all 22050 samples are 0", PipelineCorpus.ErrorOf(() => whole.Timeline(new float[Rate], Rate)));
        Assert.Contains("sample rate is 0 Hz", PipelineCorpus.ErrorOf(() => whole.Timeline(samples, 0)));
        var noise = PipelineCorpus.Clip("hiss", 1, 7);
        Assert.Contains("makes 132301 of them; the most is 100000",
            PipelineCorpus.ErrorOf(() => whole.Timeline(noise, Rate, hop: 1.0 / Rate)));
        using var cut = _models.Load(windows: true);
        Assert.Contains("trained on windows of 0.5 s", PipelineCorpus.ErrorOf(() => cut.Timeline(samples, Rate, window: 1)));
        whole.Dispose();
        Assert.Throws<ObjectDisposedException>(() => whole.Timeline(samples, Rate));
    }

    [Fact]
    public void Timeline_ModelThatDoesNotTellItsLength_NeedsAWindow()
    {
        using var folder = new TemporaryFolder();
        var (path, file) = (folder["model.safetensors"], SafetensorsFile.Read(_models.WholeModel));
        Assert.Equal("22050", file.Metadata["recording_samples"]);
        file.Metadata.Remove("recording_samples");
        file.Write(path);
        using (var model = GenreModel.Load(path))
        {
            Assert.Null(model.WindowSeconds);
            Assert.Contains("--window", PipelineCorpus.ErrorOf(() => model.Timeline(Halves(1), Rate)));
            Assert.Equal(4, model.Timeline(Halves(1), Rate, window: 0.5).Windows.Count);
            model.Save(folder["copy.safetensors"]);
        }

        Assert.DoesNotContain("recording_samples", SafetensorsFile.ReadMetadata(folder["copy.safetensors"]).Keys);
        file.Metadata["recording_samples"] = "-3";
        file.Write(path);
        Assert.Contains("recording_samples is '-3'", PipelineCorpus.ErrorOf(() => GenreModel.Load(path)));
    }

    // Two genres of so many seconds each.
    private static float[] Halves(double seconds) =>
        [.. PipelineCorpus.Clip("drone", 21, seconds), .. PipelineCorpus.Clip("hiss", 22, seconds)];

    private static float[] Upsampled(float[] samples) => [.. samples.SelectMany(s => new[] { s, s })];

    private static double[] Ends(GenreTimeline timeline, params int[] fromEnd) =>
        [.. fromEnd.Select(i => Math.Round(timeline.Windows[i == 1 ? 0 : i - 1].End, 9))];

    public sealed class Models : IDisposable
    {
        private const string WindowRecipe = """
            {
              "name": "windows", "description": "Half a second of chroma and coefficients, for tests.",
              "front_end": { "sample_rate": 22050, "features": { "set": "mfcc", "n_mfcc": 8, "n_fft": 1024 }, "segment": 0.5 },
              "scaler": "standard", "classifier": { "kind": "knn", "k": 3 }
            }
            """;

        private readonly TemporaryFolder _folder = new();

        public Models()
        {
            var audio = PipelineCorpus.WriteAudio(_folder["audio"]);
            Training.Run(PipelineCorpus.Options(audio, _folder["whole"]) with { Extraction = new() });
            Training.Run(PipelineCorpus.Options(audio, _folder["cut"]) with { Recipe = Recipe.Parse(WindowRecipe, "test") });
        }

        public string WholeModel => _folder["whole", GenreModel.FileName];

        public GenreModel Load(bool windows) => GenreModel.Load(_folder[windows ? "cut" : "whole"]);

        public void Dispose() => _folder.Dispose();
    }
}
