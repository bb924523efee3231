namespace Engine.Dsp.Audio.Mpeg;

/// <summary>One channel of a granule of layer III: its side information (ISO/IEC 11172-3, 2.4.1.7) and scale factors.</summary>
internal sealed class Granule
{
    /// <summary>The block type of three short windows.</summary>
    public const int ShortBlocks = 2;

    /// <summary>Bits of scale factors and Huffman codes.</summary>
    public int Bits { get; private set; }

    /// <summary>Pairs of values up to the region of quadruples.</summary>
    public int BigValues { get; private set; }

    /// <summary>The quantiser's step, in quarters of a power of two.</summary>
    public int GlobalGain { get; private set; }

    /// <summary>Selects the lengths of scale factors.</summary>
    public int ScaleFactorCompress { get; private set; }

    /// <summary>0: long, 1: start, 2: short, 3: end.</summary>
    public int BlockType { get; private set; }

    /// <summary>Whether the lowest bands are those of a long block.</summary>
    public bool IsMixed { get; private set; }

    /// <summary>Huffman tables of the three regions.</summary>
    public int[] Tables { get; } = new int[3];

    /// <summary>The lines at which the first two regions end.</summary>
    public int[] RegionEnds { get; } = new int[2];

    /// <summary>Gains of the short windows, in steps of 1/4.</summary>
    public int[] WindowGains { get; } = new int[3];

    /// <summary>Whether high bands are amplified by a table.</summary>
    public bool HasPreemphasis { get; set; }

    /// <summary>Whether scale factors count in steps of 2 instead of √2.</summary>
    public bool CoarseScale { get; private set; }

    /// <summary>The table of quadruples.</summary>
    public int QuadrupleTable { get; private set; }

    /// <summary>Long bands, then the windows of each short band.</summary>
    public int[] ScaleFactors { get; } = new int[40];

    /// <summary>How many long bands there are.</summary>
    public int LongBands { get; private set; }

    /// <summary>The first short band; 13 if there are none.</summary>
    public int FirstShortBand { get; private set; }

    /// <summary>Reads the side information; false if it has a forbidden value.</summary>
    public bool Read(ref BitReader bits, in MpegHeader header)
    {
        Bits = bits.Read(12);
        BigValues = bits.Read(9);
        GlobalGain = bits.Read(8);
        ScaleFactorCompress = bits.Read(header.IsLow ? 9 : 4);
        (BlockType, IsMixed) = (0, false);
        var rate = header.RateIndex;
        var isSwitched = bits.ReadFlag();
        if (isSwitched)
        {
            (BlockType, IsMixed) = (bits.Read(2), bits.ReadFlag());
            for (var i = 0; i < 2; i++) Tables[i] = bits.Read(5);
            for (var i = 0; i < 3; i++) WindowGains[i] = bits.Read(3);

            // The first region covers 8 long bands, or 9 windows of short ones, which at most rates end at the same line.
            RegionEnds[0] = BlockType == ShortBlocks ? 3 * (rate == 8 ? 24 : 12) : ScaleFactorBands.LongEnd(rate, 8);
            RegionEnds[1] = 576;
        }
        else
        {
            for (var i = 0; i < 3; i++) Tables[i] = bits.Read(5);
            var (first, second) = (bits.Read(4), bits.Read(3));
            RegionEnds[0] = ScaleFactorBands.LongEnd(rate, first + 1);
            RegionEnds[1] = ScaleFactorBands.LongEnd(rate, first + second + 2);
        }

        HasPreemphasis = !header.IsLow && bits.ReadFlag();
        CoarseScale = bits.ReadFlag();
        QuadrupleTable = bits.Read(1);
        var isShort = BlockType == ShortBlocks;
        LongBands = !isShort ? 22 : !IsMixed ? 0 : header.IsLow ? 6 : 8;
        FirstShortBand = !isShort ? 13 : IsMixed ? 3 : 0;
        return BigValues <= 288 && (!isSwitched || BlockType != 0);
    }
}
