namespace Engine.Dsp.Audio.Mpeg;

/// <summary>Reads the scale factors of a granule: ISO/IEC 11172-3, 2.4.2.7; 13818-3, 2.4.3.2.</summary>
internal static class ScaleFactorReader
{
    // By scalefac_compress: bits of the lower and of the upper bands' factors.
    private static readonly int[][] s_lengths =
        [[0, 0, 0, 0, 3, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4], [0, 1, 2, 3, 0, 1, 2, 3, 1, 2, 3, 1, 2, 3, 2, 3]];

    private static readonly int[] s_groups = [6, 5, 5, 5]; // bands that a granule may share with the one before

    // MPEG-2: for each way to split scalefac_compress, its range, the moduli of its digits, and the counts of bands for long,
    // short and mixed blocks. First the three ways of normal channels, then those of the right channel with intensity stereo.
    private static readonly (int Range, int[] Moduli, int[][] Counts)[] s_low =
    [
        (400, [5, 5, 4, 4], [[6, 5, 5, 5], [9, 9, 9, 9], [6, 9, 9, 9]]),
        (100, [5, 5, 4, 1], [[6, 5, 7, 3], [9, 9, 12, 6], [6, 9, 12, 6]]),
        (12, [4, 3, 1, 1], [[11, 10, 0, 0], [18, 18, 0, 0], [15, 18, 0, 0]]),
        (180, [5, 6, 6, 1], [[7, 7, 7, 0], [12, 12, 12, 0], [6, 15, 12, 0]]),
        (64, [4, 4, 4, 1], [[6, 6, 6, 3], [12, 9, 9, 6], [6, 12, 9, 6]]),
        (12, [4, 3, 1, 1], [[8, 8, 5, 0], [15, 12, 9, 0], [6, 18, 9, 0]]),
    ];

    /// <summary>MPEG-1.</summary>
    /// <param name="bits">At the first factor.</param>
    /// <param name="granule">Receives them.</param>
    /// <param name="shared">Bits for the groups of bands whose factors are those of <paramref name="before"/>.</param>
    /// <param name="before">The same channel's first granule.</param>
    public static void Read(ref BitReader bits, Granule granule, int shared, Granule before)
    {
        var factors = granule.ScaleFactors.AsSpan();
        var (low, high) = (s_lengths[0][granule.ScaleFactorCompress], s_lengths[1][granule.ScaleFactorCompress]);
        if (granule.BlockType == Granule.ShortBlocks)
        {
            var split = granule.IsMixed ? 17 : 18;
            for (var i = 0; i < split; i++) factors[i] = bits.Read(low);
            for (var i = split; i < split + 18; i++) factors[i] = bits.Read(high);
            factors[(split + 18)..].Clear();
            return;
        }

        var band = 0;
        for (var group = 0; group < s_groups.Length; group++)
        {
            for (var end = band + s_groups[group]; band < end; band++)
            {
                factors[band] = (shared & 8 >> group) != 0 ? before.ScaleFactors[band] : bits.Read(group < 2 ? low : high);
            }
        }

        factors[band..].Clear();
    }

    /// <summary>MPEG-2 and 2.5.</summary>
    /// <param name="bits">At the first factor.</param>
    /// <param name="granule">Receives them.</param>
    /// <param name="isDirection">Whether this is the right channel with intensity stereo.</param>
    public static void ReadLow(ref BitReader bits, Granule granule, bool isDirection)
    {
        var (code, way) = isDirection ? (granule.ScaleFactorCompress >> 1, 3) : (granule.ScaleFactorCompress, 0);
        while (code >= s_low[way].Range && way % 3 < 2) code -= s_low[way++].Range;
        if (way == 2) granule.HasPreemphasis = true;
        Span<int> lengths = stackalloc int[4];
        for (var i = 3; i > 0; i--)
        {
            lengths[i] = code % s_low[way].Moduli[i];
            code /= s_low[way].Moduli[i];
        }

        lengths[0] = code;
        var counts = s_low[way].Counts[granule.BlockType != Granule.ShortBlocks ? 0 : granule.IsMixed ? 2 : 1];
        var factors = granule.ScaleFactors.AsSpan();
        var band = 0;
        for (var group = 0; group < 4; group++)
        {
            for (var end = band + counts[group]; band < end; band++) factors[band] = bits.Read(lengths[group]);
        }

        factors[band..].Clear();
    }
}
