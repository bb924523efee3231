using Engine.Pipeline;
using Engine.Pipeline.Explaining;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Runs;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers.Explaining;

public sealed class FeatureMapsTests : IDisposable
{
    private const int Rate = PipelineCorpus.Rate, Bands = 12, Frames = 22;

    private readonly TemporaryFolder _folder = new();
    private readonly float[] _song = [.. PipelineCorpus.Clip("pulse", 1, 1), .. PipelineCorpus.Clip("drone", 2, 1)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Of_IdentityConvolution_GivesTheInput()
    {
        using var model = Convolution();
        var maps = FeatureMaps.Of(model, _song, Rate, at: 1.3);
        Assert.Equal((1, 1.5), (maps.Start, maps.End));
        var input = Assert.Single(maps.Inputs);
        var expected = model.FrontEnd.Extract(_song, Rate).Windows[0].Row(2).ToArray();
        Assert.Equal(expected, input.Values);
        Assert.Equal((1, Bands, Frames), (input.Channels, input.Height, input.Width));
        Assert.Equal("mel-frames", input.Name);

        var convolution = maps.Layers[0];
        Assert.Equal(("0", 1, "[3, 12, 22]"), (convolution.Path, convolution.Block, Text(convolution)));
        Assert.Equal(expected.Select(v => v / 2), convolution.Map(0).ToArray());
        Assert.Equal(expected.Select(v => v * -2), convolution.Map(1).ToArray());
        Assert.Equal([1, 2, 0], convolution.Strongest);
        Assert.Equal(2 * expected.Average(v => Math.Abs((double)v)), convolution.Strength(1), 6);

        // The ReLU has maps of its own.
        var relu = maps.Layers[1];
        Assert.Equal("1", relu.Path);
        Assert.Equal(expected.Select(v => Math.Max(0, v * -2)), relu.Map(1).ToArray());
        Assert.Equal("[3, 6, 11]", Text(maps.Layers[2]));
        Assert.Equal(3, maps.Layers.Count);
    }

    [Fact]
    public void Of_Layers_AreNamedAsSummaryDoes()
    {
        using var model = Convolution();
        var summary = RecipeSummary.Of(model.Recipe, 2).Network.Layers;
        foreach (var layer in FeatureMaps.Of(model, _song, Rate).Layers)
        {
            var listed = summary.Single(l => l.Path == layer.Path);
            Assert.Equal((listed.Description, $"[1, {Text(layer)[1..]}"), (layer.Description, $"{listed.Output}"));
        }

        Assert.Equal("1", Assert.Single(FeatureMaps.Of(model, _song, Rate, layer: "1").Layers).Path);
    }

    [Fact]
    public void Of_File_IsThatOfItsSamples()
    {
        using var model = Convolution();
        PipelineCorpus.WriteWav(_folder["song.wav"], _song);
        var (file, samples) = (FeatureMaps.Of(model, _folder["song.wav"], at: 0), FeatureMaps.Of(model, _song, Rate, at: 0));
        Assert.Equal(0, file.Start);
        // 16 bits a sample in the file
        Assert.All(file.Inputs[0].Values.Zip(samples.Inputs[0].Values), p => Assert.Equal(p.First, p.Second, 0.5));
        Assert.Equal(file.Inputs[0].Values.Select(v => v / 2), file.Layers[0].Map(0).ToArray());
    }

    [Fact]
    public void Of_Sequence_HasItsStepsAsLength()
    {
        var random = new RandomStream(1, "maps");
        float[] Weights(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextGaussian() / 50)];
        using var model = HandMadeModel.Network(_folder["m"], HandMadeModel.Mel, """
            { "layer": "series" }, { "layer": "sequence" }, { "layer": "lstm", "units": 2, "sequence": true },
            { "layer": "flatten" }, { "layer": "output" }
            """, 2, ("2.weight_ih_l0", Weights(8 * Bands), [8, Bands]), ("2.weight_hh_l0", Weights(16), [8, 2]),
            ("2.bias_ih_l0", Weights(8), [8]), ("2.bias_hh_l0", Weights(8), [8]),
            ("4.weight", Weights(2 * 2 * Frames), [2, 2 * Frames]), ("4.bias", Weights(2), [2]));
        var maps = FeatureMaps.Of(model, _song, Rate, at: 0);
        Assert.Equal(["[12, 22]", "[12, 22]", "[2, 22]"], maps.Layers.Select(Text));
        Assert.Equal(maps.Inputs[0].Values, maps.Layers[0].Values);
        Assert.Equal(maps.Inputs[0].Values, maps.Layers[1].Values);
        Assert.Equal([0, 0, 1], maps.Layers.Select(l => l.Block));

        // The first step of an LSTM from a state of zeros.
        var w = model.Fitted().SaveState().ToDictionary(t => t.Key[8..], t => (float[])t.Value.Data);
        double Gate(int g) => w["2.bias_ih_l0"][g] + w["2.bias_hh_l0"][g]
            + Enumerable.Range(0, Bands).Sum(b => (double)w["2.weight_ih_l0"][g * Bands + b] * maps.Inputs[0].Values[b * Frames]);
        double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
        for (var unit = 0; unit < 2; unit++)
        {
            var cell = Sigmoid(Gate(unit)) * Math.Tanh(Gate(4 + unit));
            Assert.Equal(Sigmoid(Gate(6 + unit)) * Math.Tanh(cell), maps.Layers[2].Map(unit)[0], 5);
        }
    }

    [Fact]
    public void Of_BadInput_SaysWhat()
    {
        using var model = Convolution();
        string Error(double? at, string? layer) => PipelineCorpus.ErrorOf(() => FeatureMaps.Of(model, _song, Rate, at, layer));
        Assert.Contains("no window at 2.5 s; the recording ends at 2 s", Error(2.5, null));
        Assert.Contains("no window at -1 s", Error(-1, null));
        Assert.Contains("no window at NaN s", Error(double.NaN, null));
        Assert.Contains("no layer '9'; its layers are 0, 1, 2, 3, 4", Error(null, "9"));
        Assert.Contains("layer 3 (Flatten) gives features, not maps", Error(null, "3"));
        Assert.Contains("all 22050 samples are 0",
            PipelineCorpus.ErrorOf(() => FeatureMaps.Of(model, new float[Rate], Rate)));
        Assert.Contains(_folder["none"], PipelineCorpus.ErrorOf(() => FeatureMaps.Of(model, _folder["none"])));
    }

    [Fact]
    public void Of_ModelWithoutANetworkOfWindows_IsRefused()
    {
        Training.Run(PipelineCorpus.Options(PipelineCorpus.WriteTable(_folder["table.csv"]), _folder["run"]));
        using var model = GenreModel.Load(_folder["run"]);
        Assert.Contains("gtzan57-knn has no network", PipelineCorpus.ErrorOf(() => FeatureMaps.Of(model, _song, Rate)));
    }

    [Fact]
    public void Axes_GiveSecondsAndHertz()
    {
        // librosa.mel_frequencies(6, fmin=0, fmax=11025)[1:-1] and fft_frequencies
        var mel = new MelFrames(1024, 512, 4).Axes(Rate, 11025, 22);
        double[] expected = [665.4745931, 1406.7754517, 2794.3194491, 5550.4388950];
        Assert.All(expected.Zip(mel.Hertz!), p => Assert.Equal(p.First, p.Second, 1e-6 * p.First));
        Assert.Equal((WindowRows.MelBands, "dB"), (mel.Rows, mel.Unit));
        Assert.Equal([0, 512.0 / Rate, 1024.0 / Rate], mel.Seconds.Take(3));

        var stft = new StftFrames(200, 50, LogScale.None, Center: false).Axes(Rate, 1000, 17);
        Assert.Equal(101, stft.Hertz!.Count);
        Assert.Equal((Rate / 2.0, 100.0 / Rate), (stft.Hertz[^1], stft.Seconds[0]));
        Assert.Equal("magnitude", stft.Unit);

        Assert.Null(new MfccFrames().Axes(Rate, 1000, 2).Hertz);
        Assert.Equal([0, 1.0 / Rate], new Wave().Axes(Rate, 2, 2).Seconds);

        // Two frames to a column, and two bands to a row; the lowest row is the last.
        var picture = new MelPicture(1024, 512, 8, 11, 4).Axes(Rate, 11025, 11);
        Assert.All(Enumerable.Range(0, 11), x => Assert.Equal((2 * x + 0.5) * 512 / Rate, picture.Seconds[x], 12));
        Assert.Equal(4, picture.Hertz!.Count);
        Assert.True(picture.Hertz[0] > picture.Hertz[^1]);
        // 11,025 Hz are 49.9106 mels, from band to band is a ninth of them, and the rows lie halfway between two bands.
        Assert.Equal(554.5621609, picture.Hertz[^1], 1e-4);
        Assert.Equal(6223.0392173, picture.Hertz[0], 1e-4);
    }

    // Three 1×1 filters: half, twice the negative, and the input itself.
    private GenreModel Convolution() => HandMadeModel.Network(_folder["m"], HandMadeModel.Mel, """
        { "layer": "conv2d", "filters": 3, "kernel": 1 }, { "layer": "relu" }, { "layer": "max-pool2d", "size": 2 },
        { "layer": "flatten" }, { "layer": "output" }
        """, 2, ("0.weight", [0.5f, -2, 1], [3, 1, 1, 1]), ("0.bias", new float[3], [3]),
        ("4.weight", new float[2 * 198], [2, 198]), ("4.bias", new float[2], [2]));

    private static string Text(LayerMaps layer) => $"[{string.Join(", ", layer.Sizes)}]";
}
