namespace Engine.Dsp.Audio.Flac;

/// <summary>Decodes residuals: partitions of Rice codes, or of plain numbers. Source: RFC 9639, section 9.2.7.</summary>
internal static class Residual
{
    /// <summary>Reads the residuals of a block from position <paramref name="order"/> on; false if they are damaged.</summary>
    public static bool TryRead(ref BitReader bits, Span<int> block, int order)
    {
        var method = (int)bits.Read(2);
        if (method > 1) return false; // reserved
        var parameterBits = method == 0 ? 4 : 5;
        var escape = (1 << parameterBits) - 1;
        var partitionOrder = (int)bits.Read(4);
        var size = block.Length >> partitionOrder;
        if (size << partitionOrder != block.Length || size < order) return false;
        var start = order; // the first partition lacks the samples that prediction starts from
        for (var end = size; end <= block.Length; end += size)
        {
            var part = block[start..end];
            var parameter = (int)bits.Read(parameterBits);
            if (parameter == escape) ReadPlain(ref bits, part);
            else bits.ReadRice(part, parameter);
            if (bits.Overrun) return false;
            start = end;
        }

        return true;
    }

    private static void ReadPlain(ref BitReader bits, Span<int> part)
    {
        var width = (int)bits.Read(5);
        for (var i = 0; i < part.Length && !bits.Overrun; i++) part[i] = (int)bits.ReadSigned(width);
    }
}
