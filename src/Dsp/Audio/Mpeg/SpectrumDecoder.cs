namespace Engine.Dsp.Audio.Mpeg;

/// <summary>Decodes a granule's Huffman codes and dequantises them: sign·|q|^(4/3)·2^(gain/4). ISO/IEC 11172-3,
/// 2.4.3.4.</summary>
internal static class SpectrumDecoder
{
    /// <summary>Lines of a granule.</summary>
    public const int Lines = 576;

    private const int GainBias = 210, Escape = 15;

    private static readonly int[] s_preemphasis = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 3, 2, 0];

    // The largest value is 15 and 13 bits more.
    private static readonly float[] s_powers =
        [.. Enumerable.Range(0, Escape + (1 << 13)).Select(q => (float)Math.Pow(q, 4 / 3.0))];

    private static readonly float[] s_quarters = [.. Enumerable.Range(0, 4).Select(i => (float)Math.Pow(2, i / 4.0))];

    /// <summary>Decodes <paramref name="spectrum"/>; returns the end of its last line that is not 0.</summary>
    /// <param name="bits">At the first code.</param>
    /// <param name="end">Where the granule's bits end.</param>
    /// <param name="granule">Its side information and scale factors.</param>
    /// <param name="rate">The row of tables.</param>
    /// <param name="gain">Added to the gain.</param>
    /// <param name="spectrum">Receives the lines, as coded.</param>
    public static int Decode(ref BitReader bits, int end, Granule granule, int rate, int gain, Span<float> spectrum)
    {
        var used = Pairs(ref bits, end, granule, spectrum);
        used = Quadruples(ref bits, end, granule, spectrum, used);
        spectrum[used..].Clear();
        Scale(granule, rate, gain + granule.GlobalGain - GainBias, spectrum, used);
        while (used > 0 && spectrum[used - 1] == 0) used--;
        return used;
    }

    private static int Pairs(ref BitReader bits, int end, Granule granule, Span<float> spectrum)
    {
        var (line, last) = (0, Math.Min(2 * granule.BigValues, Lines));
        for (var region = 0; region < 3; region++)
        {
            var stop = region < 2 ? Math.Min(granule.RegionEnds[region], last) : last;
            if (stop <= line) continue;
            var (table, linear) = HuffmanTable.Pairs[granule.Tables[region]];
            if (table is null)
            {
                spectrum[line..stop].Clear();
                line = stop;
                continue;
            }

            for (; line < stop; line += 2)
            {
                if (bits.Position >= end) return line;
                var symbol = table.Decode(ref bits);
                spectrum[line] = Value(ref bits, symbol >> 4, linear);
                spectrum[line + 1] = Value(ref bits, symbol & Escape, linear);
            }
        }

        return line;
    }

    private static float Value(ref BitReader bits, int value, int linear)
    {
        if (value == 0) return 0;
        if (value == Escape && linear > 0) value += bits.Read(linear);
        return bits.ReadFlag() ? -s_powers[value] : s_powers[value];
    }

    private static int Quadruples(ref BitReader bits, int end, Granule granule, Span<float> spectrum, int line)
    {
        var table = HuffmanTable.Quadruples[granule.QuadrupleTable];
        for (; line + 4 <= Lines && bits.Position < end; line += 4)
        {
            var symbol = table.Decode(ref bits);
            for (var i = 0; i < 4; i++)
            {
                spectrum[line + i] = (symbol & 8 >> i) == 0 ? 0 : bits.ReadFlag() ? -1 : 1;
            }

            if (bits.Position > end) break; // it was no code, but the start of what follows
        }

        return line;
    }

    private static void Scale(Granule granule, int rate, int gain, Span<float> spectrum, int used)
    {
        var (line, shift) = (0, granule.CoarseScale ? 2 : 1);
        for (var band = 0; band < granule.LongBands && line < used; band++)
        {
            var factor = granule.ScaleFactors[band] + (granule.HasPreemphasis ? s_preemphasis[band] : 0);
            line = Scale(spectrum, line, ScaleFactorBands.Long[rate][band], gain - (factor << shift));
        }

        var at = granule.LongBands;
        for (var band = granule.FirstShortBand; band < 13 && line < used; band++)
        {
            for (var window = 0; window < 3; window++, at++)
            {
                var exponent = gain - (granule.WindowGains[window] << 3) - (granule.ScaleFactors[at] << shift);
                line = Scale(spectrum, line, ScaleFactorBands.Short[rate][band], exponent);
            }
        }
    }

    private static int Scale(Span<float> spectrum, int line, int width, int exponent)
    {
        var factor = MathF.ScaleB(s_quarters[exponent & 3], exponent >> 2);
        foreach (ref var value in spectrum.Slice(line, width)) value *= factor;
        return line + width;
    }
}
