using Engine.Pipeline.Explaining;
using Engine.Plots.Figures;
using Engine.Plots.Models;
using Engine.Tests.Classifiers.Explaining;
using OxyPlot.Annotations;
using OxyPlot.Series;
using static Engine.Tests.Plots.Models.ModelPictures;

namespace Engine.Tests.Plots.Models;

public sealed class FeatureMapsPlotTests : IDisposable
{
    private readonly ModelPictures _pictures = new();

    public void Dispose() => _pictures.Dispose();

    [Fact]
    public void FeatureMaps_OfABlock_AreThoseOfItsLastLayerStrongestFirst()
    {
        _pictures.Convolution();
        var figure = _pictures.Draw("feature-maps", new() { At = 1.3 });
        using var model = _pictures.Load();
        var maps = FeatureMaps.Of(model, _pictures.Song, 1.3);
        var pool = maps.Layers[2];
        var largest = pool.Values.Max();
        string[] expected =
        [
            FormattableString.Invariant($"block 1: 2 MaxPool2d 2×2, output [3, 6, 11]; scale 0 to {largest:0.###}"),
            .. pool.Strongest.Select(c => FormattableString.Invariant($"{c}: {pool.Strength(c):G3}")),
        ];
        Assert.Equal(expected, Texts(figure));
        Assert.Equal("Feature maps, by-hand", figure.Model.Title);
        Assert.Contains("song.wav, 1 to 1.5 s", figure.Model.Subtitle);

        // The input on its axes, and three maps.
        var images = figure.Model.Annotations.OfType<ImageAnnotation>().ToArray();
        Assert.Equal([1, 3], images.GroupBy(i => i.YAxisKey == "grid-y").OrderBy(g => g.Count()).Select(g => g.Count()));
        var input = images.Single(i => i.YAxisKey == "panel-0");
        Assert.Equal(1 + 10.5 * 512 / Rate, input.X.Value, 9);
        Assert.Equal(22 * 512.0 / Rate, input.Width.Value, 9);
        var time = figure.Model.Axes.Single(a => a.Title == "time (s)");
        Assert.Equal((1, 1.5), (time.Minimum, time.Maximum));
        Golden.Check("model-feature-maps", figure);
    }

    [Fact]
    public void FeatureMaps_Pixels_AreTheMaps()
    {
        _pictures.Convolution();
        var figure = _pictures.Draw("feature-maps", new() { At = 1.3, Layer = "0" });
        using var model = _pictures.Load();
        var layer = FeatureMaps.Of(model, _pictures.Song, 1.3, "0").Layers[0];
        var largest = layer.Values.Max(Math.Abs);
        Assert.Contains(FormattableString.Invariant($"scale {-largest:0.###} to {largest:0.###}"), Texts(figure)[0]);
        var images = figure.Model.Annotations.OfType<ImageAnnotation>().Where(i => i.YAxisKey == "grid-y").ToArray();
        for (var i = 0; i < 3; i++)
        {
            // Signed values have the colours of the signed palette; the lowest band is the lowest row.
            var png = IndexedPng.Read(images[i].ImageSource!.GetData());
            var map = layer.Map(layer.Strongest[i]);
            foreach (var (band, frame) in new[] { (0, 0), (4, 7), (11, 21) })
            {
                var share = (map[band * Frames + frame] + largest) / (2 * largest);
                var x = (int)((frame + 0.5) * png.Width / Frames);
                var y = (int)((Bands - band - 0.5) * png.Height / Bands);
                Assert.Equal(share * 255, png[x, y], 1.5);
            }
        }
    }

    [Fact]
    public void FeatureMaps_OfASeries_AreLines()
    {
        _pictures.Write(HandMadeModel.Mel, """
            { "layer": "series" }, { "layer": "conv1d", "filters": 2, "kernel": 1 }, { "layer": "flatten" }, { "layer": "output" }
            """, ("1.weight", [.. Enumerable.Range(0, 24).Select(i => i is 3 or 14 ? 1f : 0)], [2, Bands, 1]),
            ("1.bias", new float[2], [2]), ("3.weight", new float[2 * 2 * Frames], [2, 2 * Frames]),
            ("3.bias", new float[2], [2]));
        var figure = _pictures.Draw("feature-maps", new() { At = 0 });
        using var model = _pictures.Load();
        var layer = FeatureMaps.Of(model, _pictures.Song, 0, "1").Layers[0];
        var lines = figure.Model.Series.OfType<LineSeries>().ToArray();
        Assert.Equal(2, lines.Length);
        var (low, high) = (Math.Min(0, layer.Values.Min()), Math.Max(0, layer.Values.Max()));
        for (var i = 0; i < 2; i++)
        {
            var map = layer.Map(layer.Strongest[i]).ToArray();
            Assert.Equal(Frames, lines[i].Points.Count);
            Assert.All(map.Zip(lines[i].Points), p => Assert.Equal(
                0.22 + (p.First - low) / (high - low) * (0.80 - 0.22), p.Second.Y, 5));
            Assert.All(lines[i].Points, p => Assert.InRange(p.X, i, i + 1));
        }
    }

    [Fact]
    public void FeatureMaps_ManyChannels_AreTheStrongestTwentyFourOfALayer()
    {
        var layer = new LayerMaps("3", "Conv2d", 2, [40, 2, 2], [.. Enumerable.Range(0, 160).Select(i => (float)(i / 4))]);
        var rows = MapRow.OfLayer(layer, FeatureMapsPlot.MapsOfLayer, FeatureMapsPlot.MapsOfBlock);
        Assert.Equal([6, 6, 6, 6], rows.Select(r => r.Channels.Count));
        Assert.Equal(Enumerable.Range(0, 24).Select(i => 39 - i), rows.SelectMany(r => r.Channels));
        Assert.Equal(["block 2: 3 Conv2d, output [40, 2, 2]", "", "", ""], rows.Select(r => r.Title));
    }

    [Fact]
    public void FeatureMaps_Wave_IsALine()
    {
        _pictures.Write("""{ "set": "wave" }""", """
            { "layer": "conv1d", "filters": 1, "kernel": 1 }, { "layer": "flatten" }, { "layer": "output" }
            """, ("0.weight", [2], [1, 1, 1]), ("0.bias", [0], [1]), ("2.weight", new float[2 * 11025], [2, 11025]),
            ("2.bias", new float[2], [2]));
        var figure = _pictures.Draw("feature-maps", new() { At = 0 });
        Assert.Equal(2, figure.Model.Series.Count);
        // They would go through the maps.
        Assert.All(figure.Model.Axes, a => Assert.Equal(OxyPlot.LineStyle.None, a.MajorGridlineStyle));
        var wave = figure.Model.Series.OfType<LineSeries>().Single(s => s.YAxisKey == "panel-0");
        // At most the lowest and the highest value of each column.
        Assert.InRange(wave.Points.Count, 800, 1600);
        var samples = _pictures.Audio.AsSpan(0, 11025).ToArray();
        Assert.Equal(samples.Max(), wave.Points.Max(p => p.Y), 1e-4);
        Assert.Equal(samples.Min(), wave.Points.Min(p => p.Y), 1e-4);
        Assert.Equal(Array.IndexOf(samples, samples.Max()) / (double)Rate, wave.Points.MaxBy(p => p.Y).X, 1.0 / Rate);
    }

    [Fact]
    public void FeatureMaps_BadInput_SaysWhat()
    {
        _pictures.Convolution();
        Assert.Contains("no layer '9'; its layers are 0, 1, 2, 3, 4", _pictures.Error("feature-maps", new() { Layer = "9" }));
        Assert.Contains("layer 3 (Flatten) gives features", _pictures.Error("feature-maps", new() { Layer = "3" }));
        Assert.Contains("no window at 5 s; the recording ends at 2 s", _pictures.Error("feature-maps", new() { At = 5 }));
        Assert.Contains("give at least 700x",
            _pictures.Error("feature-maps", new() { Size = new FigureSize(300, 300) }));
    }
}
