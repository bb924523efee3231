using Engine.Plots.Figures;
using Engine.Plots.Images;

namespace Engine.Plots.Songs;

/// <summary>
/// Brings spectra to rows of equal ratios of frequency: each row is the mean power of the bins in it, or, where it is narrower
/// than a bin, the power between the two nearest.
/// </summary>
internal sealed class LogSpectrum
{
    /// <summary>The lowest frequency drawn, in Hz; below it, the bins of the default transform are wider than half an octave.</summary>
    public const double Lowest = 32;

    private const int RowsPerOctave = 36;

    private readonly (int First, int Count, float Share)[] _rows;
    private readonly double _highest;

    /// <summary>The rows for spectra of a recording.</summary>
    public LogSpectrum(Song song)
    {
        _highest = song.SampleRate / 2.0;
        var hertz = (double)song.SampleRate / song.Stft.Options.FftSize;
        var octaves = Math.Log2(_highest / Lowest);
        _rows = new (int, int, float)[(int)Math.Ceiling(octaves * RowsPerOctave)];
        for (var r = 0; r < _rows.Length; r++)
        {
            var low = Frequency(r) / hertz;
            var (first, end) = ((int)Math.Ceiling(low), (int)Math.Ceiling(Frequency(r + 1) / hertz));
            if (end > first + 1) _rows[r] = (first, end - first, 0);
            else
            {
                var middle = Frequency(r + 0.5) / hertz;
                first = Math.Min((int)middle, song.Stft.Bins - 2);
                _rows[r] = (first, 0, (float)(middle - first));
            }
        }

        double Frequency(double row) => Lowest * Math.Pow(2, octaves * row / _rows.Length);
    }

    /// <summary>How many rows there are.</summary>
    public int Rows => _rows.Length;

    /// <summary>The axis: logarithms to base 2 of Hz.</summary>
    public TickAxis Axis(string title) => new(HertzTicks.Octaves(Lowest, _highest))
    {
        Title = title,
        Minimum = Math.Log2(Lowest),
        Maximum = Math.Log2(_highest),
    };

    /// <summary>Brings the power of one frame to rows.</summary>
    public void Apply(ReadOnlySpan<float> power, Span<float> rows)
    {
        for (var r = 0; r < _rows.Length; r++)
        {
            var (first, count, share) = _rows[r];
            if (count == 0)
            {
                rows[r] = power[first] + share * (power[first + 1] - power[first]);
                continue;
            }

            var sum = 0f;
            foreach (var value in power.Slice(first, count)) sum += value;
            rows[r] = sum / count;
        }
    }

    /// <summary>The picture of such rows in decibels, [rows, columns].</summary>
    public HeatMap Map(Song song, float[] decibels, int frames) => Matrix.Map(song, decibels, Rows, frames,
        (Math.Log2(Lowest), Math.Log2(_highest)), Style.Levels, (-Levels.Range, 0));
}
