using Engine.Dsp.Audio;
using Engine.Plots.Figures;
using Engine.Plots.Songs;
using Engine.Plots.Subjects;
using Engine.Tests.Support;
using OxyPlot.Annotations;
using OxyPlot.Axes;

namespace Engine.Tests.Plots;

/// <summary>Pictures of recordings made up by a formula.</summary>
internal sealed class SongFigures : IDisposable
{
    public const int Rate = 22050;

    private readonly TemporaryFolder _folder = new();

    public Figure Draw(string kinds, int samples, Func<int, double> formula, PlotRequest? request = null, string name = "song.wav")
    {
        var signal = new float[samples];
        for (var i = 0; i < samples; i++) signal[i] = (float)formula(i);
        WavWriter.Write(_folder[name], new AudioSignal(signal, Rate), WavEncoding.Float32);
        return new SongSubject().Draw([_folder[name]], kinds.Split(','), request ?? new());
    }

    public static double Tone(int i, double hertz, double amplitude = 0.5) =>
        amplitude * Math.Sin(2 * Math.PI * hertz * i / Rate);

    /// <summary>A stroke of 5 ms at the beginning of every beat.</summary>
    public static double Beats(int i, double bpm)
    {
        var at = i % (60 * Rate / bpm);
        return at < 110 ? 0.8 * Math.Sin(at * at) : 0;
    }

    public static Axis Axis(Figure figure, int panel) => figure.Model.Axes.Single(a => a.Key == $"panel-{panel}");

    public static LinearColorAxis Colors(Figure figure, int panel) =>
        (LinearColorAxis)figure.Model.Axes.Single(a => a.Key == $"panel-{panel}-colors");

    public static IReadOnlyList<T> SeriesOf<T>(Figure figure, int panel)
        where T : OxyPlot.Series.XYAxisSeries =>
        [.. figure.Model.Series.OfType<T>().Where(s => s.GetType() == typeof(T) && s.YAxisKey == $"panel-{panel}")];

    public static (IndexedPng Pixels, ImageAnnotation Place) Image(Figure figure, int panel)
    {
        var image = figure.Model.Annotations.OfType<ImageAnnotation>().Single(a => a.YAxisKey == $"panel-{panel}");
        return (IndexedPng.Read(image.ImageSource!.GetData()), image);
    }

    /// <summary>Where on the vertical axis a column of the image, at a share of its width, is brightest.</summary>
    public static double Brightest(Figure figure, int panel, double share = 0.5)
    {
        var (pixels, place) = Image(figure, panel);
        return place.Y.Value + (pixels.BrightestRow((int)(share * pixels.Width)) - 0.5) * place.Height.Value;
    }

    public void Dispose() => _folder.Dispose();
}
