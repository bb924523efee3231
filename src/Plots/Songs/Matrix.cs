using Engine.Plots.Images;
using OxyPlot;

namespace Engine.Plots.Songs;

/// <summary>Places a matrix of columns on the time axis.</summary>
internal static class Matrix
{
    /// <summary>A picture of values [rows, columns]. Frames are centred on their times, so the first begins half a hop before.</summary>
    /// <param name="song">The recording.</param>
    /// <param name="values">The matrix.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="frames">The frames that its columns stand for.</param>
    /// <param name="up">Where its rows begin and end on the vertical axis.</param>
    /// <param name="palette">The colours.</param>
    /// <param name="range">The values of the first and last colour.</param>
    public static HeatMap Map(
        Song song, float[] values, int rows, int frames, (double From, double To) up, OxyPalette palette,
        (double Low, double High) range) => new(values, rows, values.Length / rows)
        {
            Across = (song.From - song.Hop / 2, song.From + (frames - 0.5) * song.Hop),
            Up = up,
            Palette = palette,
            Minimum = range.Low,
            Maximum = range.High,
        };
}
