using Engine.Pipeline;
using Engine.Plots.Figures;
using Engine.Plots.Models;
using Engine.Plots.Subjects;
using Engine.Tests.Classifiers;
using Engine.Tests.Classifiers.Explaining;
using Engine.Tests.Support;
using OxyPlot.Annotations;
using static Engine.Tests.Plots.Runs.PlotSamples;

namespace Engine.Tests.Plots.Models;

/// <summary>A song of a second of pulses and one of a chord, and pictures of it by networks of weights by hand.</summary>
internal sealed class ModelPictures : IDisposable
{
    public const int Rate = PipelineCorpus.Rate, Bands = 12, Frames = 22, Values = Bands * Frames;

    public readonly TemporaryFolder Folder = new();

    public ModelPictures()
    {
        Audio = [.. PipelineCorpus.Clip("pulse", 1), .. PipelineCorpus.Clip("drone", 2)];
        Song = Folder["song.wav"];
        PipelineCorpus.WriteWav(Song, Audio);
    }

    public float[] Audio { get; }

    public string Song { get; }

    public string Model => Folder["m.safetensors"];

    /// <summary>Half, twice the negative and the input itself, then a ReLU and a pool.</summary>
    public void Convolution() => Write(HandMadeModel.Mel, """
        { "layer": "conv2d", "filters": 3, "kernel": 1 }, { "layer": "relu" }, { "layer": "max-pool2d", "size": 2 },
        { "layer": "flatten" }, { "layer": "output" }
        """, ("0.weight", [0.5f, -2, 1], [3, 1, 1, 1]), ("0.bias", new float[3], [3]),
        ("4.weight", new float[2 * 198], [2, 198]), ("4.bias", new float[2], [2]));

    /// <summary>Label a is as likely as a band is loud; label b does not look.</summary>
    public void OneBand(int band)
    {
        var weights = new float[2 * Values];
        Array.Fill(weights, 0.01f, band * Frames, Frames);
        Write(HandMadeModel.Mel, """{ "layer": "flatten" }, { "layer": "output" }""", ("1.weight", weights, [2, Values]),
            ("1.bias", new float[2], [2]));
    }

    public void Write(string features, string layers, params (string Name, float[] Values, int[] Shape)[] weights) =>
        HandMadeModel.Network(Model, features, layers, 2, weights).Dispose();

    public GenreModel Load() => GenreModel.Load(Model);

    public Figure Draw(string kind, PlotRequest? request = null)
    {
        var figure = new ModelSongSubject().Draw([Model, Song], [kind], request ?? new());
        Drawn(figure);
        return figure;
    }

    public string Error(string kind, PlotRequest? request = null, string? song = null) =>
        ErrorOf(() => new ModelSongSubject().Draw([Model, song ?? Song], [kind], request ?? new()));

    public static IReadOnlyList<string?> Texts(Figure figure) =>
        [.. figure.Model.Annotations.OfType<TextAnnotation>().Select(t => t.Text)];

    public void Dispose() => Folder.Dispose();
}
