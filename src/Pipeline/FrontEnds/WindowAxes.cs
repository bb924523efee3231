using Engine.Dsp;

namespace Engine.Pipeline.FrontEnds;

/// <summary>What the rows of a window are.</summary>
internal enum WindowRows
{
    /// <summary>One row of samples.</summary>
    Samples,

    /// <summary>Mel bands, or pixels of a picture of them.</summary>
    MelBands,

    /// <summary>Bins of a Fourier transform.</summary>
    Bins,

    /// <summary>Cepstral coefficients.</summary>
    Coefficients,
}

/// <summary>Where the values of a window <c>[channels, rows, columns]</c> lie in time and frequency.</summary>
/// <param name="Rows">What the rows are.</param>
/// <param name="Seconds">The time of the middle of each column, from the beginning of the window or recording.</param>
/// <param name="Hertz">The centre frequency of each row, from the first; null if rows have none.</param>
/// <param name="Unit">What the values are: <c>dB</c>, <c>ln power</c>, <c>amplitude</c>, <c>colour</c> and so on.</param>
internal sealed record WindowAxes(
    WindowRows Rows, IReadOnlyList<double> Seconds, IReadOnlyList<double>? Hertz, string Unit)
{
    /// <summary>The same, counted from the beginning of the recording, in which the window begins there.</summary>
    public WindowAxes From(double start) => this with { Seconds = [.. Seconds.Select(s => start + s)] };

    /// <summary>The middles of frames; centred frames have theirs at a multiple of the hop.</summary>
    public static double[] Frames(int count, int length, int hop, bool center, int sampleRate) =>
        [.. Enumerable.Range(0, count).Select(t => ((double)t * hop + (center ? 0 : length / 2.0)) / sampleRate)];

    /// <summary>The peaks of a bank of mel filters.</summary>
    public static double[] MelBands(int bands, double low, double high, MelScale scale) =>
        Mel.Frequencies(bands + 2, low, high, scale)[1..^1];

    /// <summary>The unit of a spectrum's values.</summary>
    public static string UnitOf(LogScale log, bool amplitude) => log switch
    {
        LogScale.Db => "dB",
        LogScale.Ln => amplitude ? "ln magnitude" : "ln power",
        LogScale.Log10 => amplitude ? "log10 magnitude" : "log10 power",
        _ => amplitude ? "magnitude" : "power",
    };
}
