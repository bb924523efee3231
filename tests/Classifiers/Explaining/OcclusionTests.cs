using Engine.Pipeline;
using Engine.Pipeline.Explaining;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers.Explaining;

public sealed class OcclusionTests : IDisposable
{
    private const int Rate = PipelineCorpus.Rate, Bands = 12, Frames = 22, Band = 5;

    private readonly TemporaryFolder _folder = new();
    private readonly float[] _song = [.. PipelineCorpus.Clip("pulse", 1, 1), .. PipelineCorpus.Clip("drone", 2, 1)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Of_NetworkOfOneBand_PointsAtTheBand()
    {
        using var model = OneBand();
        var map = Assert.Single(Occlusion.Of(model, _song, Rate, new() { At = 0.75, Label = "a", Rows = 2 }));
        var picture = model.FrontEnd.Extract(_song, Rate).Windows[0].Row(1).ToArray();
        Assert.Equal(picture, map.Input!.Values);
        Assert.Equal((0.5, 1.0, "a"), (map.Start, map.End, map.Label));

        // A band of the picture has 22 values; a patch has one column of two rows.
        Assert.Equal(Enumerable.Range(0, 11).Select(r => r + 0.5), map.Rows);
        Assert.Equal(Frames, map.Seconds.Count);
        Assert.Equal((2, 512.0 / Rate), (map.PatchRows, Math.Round(map.PatchSeconds, 12)), Rounded);
        var mean = picture.Average(v => (double)v);
        double Logit(int covered) =>
            Enumerable.Range(0, Frames).Sum(t => 0.01 * (t == covered ? mean : picture[Band * Frames + t]));
        double Probability(int covered) => 1 / (1 + Math.Exp(-Logit(covered)));
        Assert.Equal(Probability(-1), map.Probability, 5);
        for (var r = 0; r < map.Rows.Count; r++)
        {
            for (var t = 0; t < Frames; t++)
            {
                var expected = r is Band or Band - 1 ? Probability(-1) - Probability(t) : 0;
                Assert.Equal(expected, map.Drops[r * Frames + t], 5);
            }
        }

        Assert.Contains(map.Drops, d => Math.Abs(d) > 1e-4);
    }

    [Fact]
    public void Of_Axes_AreSecondsOfTheSongAndHertz()
    {
        using var model = OneBand();
        var map = Assert.Single(Occlusion.Of(model, _song, Rate, new() { At = 2, Seconds = 4 * 512.0 / Rate, Rows = 3 }));
        Assert.Equal("b", map.Label);
        Assert.Equal(1.5, map.Start);
        Assert.Equal([0, 2, 4, 6, 8, 10, 12, 14, 16, 18],
            map.Seconds.Select(s => (int)Math.Round((s - 1.5) * Rate / 512 - 1.5)));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], map.Rows);
        Assert.Equal(map.Input!.Axes.Hertz!.Skip(1).Take(10), map.Hertz!);
        Assert.Equal(map.Rows.Count * map.Seconds.Count, map.Drops.Length);
    }

    [Fact]
    public void Of_Wave_CoversSeconds()
    {
        var weights = new float[2 * 11025];
        for (var i = 0; i < 1000; i++) weights[i] = 1; // the first 45 ms of label a
        using var model = HandMadeModel.Network(_folder["m"], """{ "set": "wave" }""",
            """{ "layer": "flatten" }, { "layer": "output" }""", 2, ("1.weight", weights, [2, 11025]),
            ("1.bias", new float[2], [2]));
        float[] song = [.. Enumerable.Repeat(0.5f, 5512), .. Enumerable.Repeat(-0.5f, 5513)];
        var map = Assert.Single(Occlusion.Of(model, song, Rate, new() { Seconds = 0.02 }));
        Assert.Equal((1, 1), (map.Rows.Count, map.Input!.Height));
        Assert.Null(map.Hertz);
        // The network is so sure, e^500 to 1, that no float of the probability shows it.
        Assert.Equal(1, map.Probability);
        Assert.All(map.Drops, d => Assert.Equal(0, d));
        song = [.. song.Select(s => s / 10)];
        map = Assert.Single(Occlusion.Of(model, song, Rate, new() { Seconds = 0.02 }));
        Assert.Equal(1, map.Probability);
        Assert.All(map.Seconds.Zip(map.Drops), p => Assert.Equal(p.First < (1000 + 220) / (double)Rate, p.Second > 0));
        // 441 of its 1,000 samples of 0.05 become the mean of all, -0.05 / 11025.
        Assert.Equal(Math.Exp(-50 + 441 * (0.05 + 0.05 / 11025)) - Math.Exp(-50), map.Drops[0], 1e-3 * map.Drops[0]);
    }

    [Fact]
    public void Of_ClassifierOfAPicture_CoversThePicture()
    {
        var recipe = Recipe.Parse($$"""
            {
              "name": "flat", "description": "For tests.",
              "front_end": { "sample_rate": 22050, "features": {{HandMadeModel.Mel}}, "segment": 0.5 },
              "scaler": "standard", "classifier": { "kind": "logistic", "c": 0.01 }
            }
            """, "test");
        Training.Run(new()
        {
            Data = PipelineCorpus.WriteAudio(_folder["audio"]),
            Output = _folder["run"],
            Recipe = recipe,
            Seed = 1,
        });
        using var model = GenreModel.Load(_folder["run"]);
        var map = Assert.Single(Occlusion.Of(model, _song, Rate, new() { At = 0, Rows = 12 }));
        Assert.Equal((1, Frames), (map.Rows.Count, map.Seconds.Count));
        var window = model.FrontEnd.Extract(_song.AsSpan(0, 11025), Rate);
        var label = model.Labels.ToList().IndexOf(map.Label);
        double Probability() => model.Fitted().PredictProbabilities(RowSet.Of(window))[0, label];
        var (before, mean) = (Probability(), (float)window.Windows[0].Values.Average(v => (double)v));
        for (var b = 0; b < Bands; b++) window.Windows[0].Values[b * Frames + 7] = mean;
        Assert.Equal(before, map.Probability, 12);
        Assert.Equal(before - Probability(), map.Drops[7], 6);
        Assert.Contains(map.Drops, d => Math.Abs(d) > 1e-4);
    }

    [Fact]
    public void Of_PlainColumns_CutsSecondsOut()
    {
        Training.Run(new()
        {
            Data = PipelineCorpus.WriteAudio(_folder["audio"]),
            Output = _folder["run"],
            Recipe = RecipeCatalog.Get("gtzan57-bayes").With("calibration", "none"),
            Seed = 1,
        });
        using var model = GenreModel.Load(_folder["run"]);
        var options = new OcclusionOptions { At = 1, Seconds = 0.5, Label = "pulse" };
        var map = Assert.Single(Occlusion.Of(model, _song, Rate, options));
        Assert.Equal((0.5, 1.5), (map.Start, map.End));
        Assert.Null(map.Input);
        double[] middles = [0.75, 1, 1.25];
        Assert.All(middles.Zip(map.Seconds), p => Assert.Equal(p.First, p.Second, 1e-3));
        double Pulse(float[] samples) => model.Predict(samples, Rate).Ranked.Single(r => r.Label == "pulse").Probability;
        var window = _song[(Rate / 2)..(Rate * 3 / 2)];
        Assert.Equal(Pulse(window), map.Probability);
        int[] starts = [0, 5512, 11025];
        for (var i = 0; i < starts.Length; i++)
        {
            float[] rest = [.. window[..starts[i]], .. window[(starts[i] + 11025)..]];
            Assert.Equal((float)(map.Probability - Pulse(rest)), map.Drops[i]);
        }

        string Error(OcclusionOptions bad) => PipelineCorpus.ErrorOf(() => Occlusion.Of(model, _song, Rate, bad));
        Assert.Contains("has seconds, but no rows", Error(new() { Rows = 2 }));
        Assert.Contains("without a patch of 0.95 s", Error(new() { Seconds = 0.95 }));
        Assert.Contains("a patch of 1 s does not fit", Error(new() { Seconds = 1 }));
        Assert.Contains("trained on", PipelineCorpus.ErrorOf(() => Occlusion.Of(OneBand(), _song, Rate, new() { Window = 3 })));
    }

    [Fact]
    public void Of_BadInput_SaysWhat()
    {
        using var model = OneBand();
        string Error(OcclusionOptions bad) => PipelineCorpus.ErrorOf(() => Occlusion.Of(model, _song, Rate, bad));
        Assert.Contains("no label 'c'; its labels are a, b", Error(new() { Label = "c" }));
        Assert.Contains("a patch of 0 rows does not fit into a picture of 12", Error(new() { Rows = 0 }));
        Assert.Contains("a patch of 13 rows", Error(new() { Rows = 13 }));
        Assert.Contains("a patch of 1 s does not fit into a window of 0.5 s", Error(new() { Seconds = 1 }));
        Assert.Contains("a patch of NaN s", Error(new() { Seconds = double.NaN }));
        Assert.Contains("a patch of 0.001 s", Error(new() { Seconds = 0.001 }));
        Assert.Contains("no window at 3 s", Error(new() { At = 3 }));
        Assert.Contains("all 22050 samples are 0",
            PipelineCorpus.ErrorOf(() => Occlusion.Of(model, new float[Rate], Rate, new())));
    }

    [Theory]
    [InlineData(10, 4, new[] { 0, 2, 4, 6 })]
    [InlineData(11, 4, new[] { 0, 2, 4, 6, 7 })]
    [InlineData(5, 5, new[] { 0 })]
    [InlineData(3, 1, new[] { 0, 1, 2 })]
    public void Starts_CoverTheAxis(int length, int size, int[] expected) => Assert.Equal(expected, Patch.Starts(length, size));

    // Label a is as likely as band 5 is loud; label b does not look.
    private GenreModel OneBand()
    {
        var weights = new float[2 * Bands * Frames];
        Array.Fill(weights, 0.01f, Band * Frames, Frames);
        return HandMadeModel.Network(_folder["m"], HandMadeModel.Mel, """{ "layer": "flatten" }, { "layer": "output" }""", 2,
            ("1.weight", weights, [2, Bands * Frames]), ("1.bias", new float[2], [2]));
    }

    private static bool Rounded((int, double) a, (int, double) b) => a.Item1 == b.Item1 && Math.Abs(a.Item2 - b.Item2) < 1e-9;
}
