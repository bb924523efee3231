using System.Globalization;
using Engine.Plots.Figures;

namespace Engine.Plots.Songs.Kinds;

/// <summary>
/// The autocorrelation of the onset strength under a window around each time, against the tempo that its lag stands for. Of a
/// long recording it is taken in the middle of each column, whose neighbours the window reaches.
/// </summary>
internal sealed class TempogramKind : ISongKind
{
    private const double Slowest = 30, Fastest = 320;
    private const int Rows = 160;

    // librosa's win_length, 384 frames at 22,050 Hz.
    private const double WindowSeconds = 384 * 512 / 22050.0;

    private static readonly int[] s_ticks = [30, 40, 60, 80, 120, 160, 240, 320];

    /// <inheritdoc/>
    public string Name => "tempogram";

    /// <inheritdoc/>
    public string Summary => "local autocorrelation of the onset strength";

    /// <inheritdoc/>
    public IReadOnlyList<Panel> Draw(Song song)
    {
        var strength = OnsetEnvelope.Of(song);
        var columns = new ColumnGrid(strength.Length);
        var tempogram = new LocalTempogram(strength, Math.Max(2, (int)Math.Round(WindowSeconds / song.Hop)));
        var values = new float[Rows * columns.Count];
        var lags = new double[tempogram.WindowLength];
        for (var c = 0; c < columns.Count; c++)
        {
            song.Cancel.ThrowIfCancellationRequested();
            tempogram.Frame((int)columns.Middle(c), lags);
            for (var r = 0; r < Rows; r++) values[r * columns.Count + c] = At(lags, LagOf(r, song.Hop));
        }

        var panel = new Panel(new TickAxis(
            s_ticks.Select(bpm => (Math.Log2(bpm), bpm.ToString(CultureInfo.InvariantCulture))))
        {
            Title = "tempo (BPM)",
            Minimum = Math.Log2(Slowest),
            Maximum = Math.Log2(Fastest),
        });
        panel.Add(Matrix.Map(song, values, Rows, strength.Length, (Math.Log2(Slowest), Math.Log2(Fastest)), Style.Sequential,
            Range(values)), "autocorrelation");
        return [panel];
    }

    private static (double Low, double High) Range(float[] values)
    {
        var (low, high) = (1f, 0f);
        foreach (var value in values)
        {
            if (!float.IsNaN(value)) (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }

        return low < high ? (low, high) : (0, 1);
    }

    private static double LagOf(int row, double hop) =>
        60 / (Slowest * Math.Pow(Fastest / Slowest, (row + 0.5) / Rows)) / hop;

    // Between two lags; at a sample rate so low that there is no such lag, nothing.
    private static float At(double[] lags, double lag)
    {
        var low = (int)lag;
        if (low < 1 || low + 1 >= lags.Length) return float.NaN;
        return (float)(lags[low] + (lag - low) * (lags[low + 1] - lags[low]));
    }
}
