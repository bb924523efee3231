namespace Engine.Dsp.Audio.Mpeg;

/// <summary>Widths of layer III's scale factor bands in spectral lines, by <see cref="MpegHeader.RateIndex"/>. Sources: ISO/IEC
/// 11172-3, table B.8; 13818-3, table B.2; for MPEG-2.5, what encoders and decoders agree on.</summary>
internal static class ScaleFactorBands
{
    private static readonly int[] s_low =
        [6, 6, 6, 6, 6, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32, 38, 46, 52, 60, 68, 58, 54];
    private static readonly int[] s_lowShort = [4, 4, 4, 6, 8, 10, 12, 14, 18, 24, 30, 40, 18];

    /// <summary>Widths of long blocks.</summary>
    public static readonly int[][] Long =
    [
        [4, 4, 4, 4, 4, 4, 6, 6, 8, 8, 10, 12, 16, 20, 24, 28, 34, 42, 50, 54, 76, 158],
        [4, 4, 4, 4, 4, 4, 6, 6, 6, 8, 10, 12, 16, 18, 22, 28, 34, 40, 46, 54, 54, 192],
        [4, 4, 4, 4, 4, 4, 6, 6, 8, 10, 12, 16, 20, 24, 30, 38, 46, 56, 68, 84, 102, 26],
        s_low,
        [6, 6, 6, 6, 6, 6, 8, 10, 12, 14, 16, 18, 22, 26, 32, 38, 46, 54, 62, 70, 76, 36],
        s_low,
        s_low,
        s_low,
        [12, 12, 12, 12, 12, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 76, 90, 2, 2, 2, 2, 2],
    ];

    /// <summary>Widths of one window of short blocks.</summary>
    public static readonly int[][] Short =
    [
        [4, 4, 4, 4, 6, 8, 10, 12, 14, 18, 22, 30, 56],
        [4, 4, 4, 4, 6, 6, 10, 12, 14, 16, 20, 26, 66],
        [4, 4, 4, 4, 6, 8, 12, 16, 20, 26, 34, 42, 12],
        [4, 4, 4, 6, 6, 8, 10, 14, 18, 26, 32, 42, 18],
        [4, 4, 4, 6, 8, 10, 12, 14, 18, 24, 32, 44, 12],
        s_lowShort,
        s_lowShort,
        s_lowShort,
        [8, 8, 8, 12, 16, 20, 24, 28, 36, 2, 2, 2, 26],
    ];

    /// <summary>Where the first <paramref name="bands"/> long bands end.</summary>
    public static int LongEnd(int rate, int bands)
    {
        var end = 0;
        foreach (var width in Long[rate].AsSpan(0, Math.Min(bands, Long[rate].Length))) end += width;
        return end;
    }
}
