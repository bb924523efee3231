namespace Engine.Pipeline.FrontEnds;

/// <summary>256 colours from the lowest level to the highest, as the bytes of a PNG file divided by 255.</summary>
internal sealed class ColorMap
{
    /// <summary>The number of colours and levels.</summary>
    public const int Count = 256;

    // Eleven equally spaced colours of magma, as returned by R's viridisLite::magma(11).
    private static readonly uint[] s_magma =
        [0x000004, 0x150E37, 0x3B0F70, 0x641A80, 0x8C2981, 0xB63679, 0xDE4968, 0xF76F5C, 0xFE9F6D, 0xFECE91, 0xFCFDBF];

    private static readonly uint[] s_gray = [0x000000, 0xFFFFFF];

    public ColorMap(ColorMapKind kind)
    {
        var anchors = kind == ColorMapKind.Magma ? s_magma : s_gray;
        for (var i = 0; i < Count; i++)
        {
            var place = (double)i / (Count - 1) * (anchors.Length - 1);
            var first = Math.Min((int)place, anchors.Length - 2);
            for (var channel = 0; channel < 3; channel++)
            {
                var (low, high) = (Byte(anchors[first], channel), Byte(anchors[first + 1], channel));
                Channels[channel][i] = Pixels.Value((byte)Math.Round(low + (place - first) * (high - low)));
            }
        }
    }

    /// <summary>Red, green and blue of each colour, 0 to 1.</summary>
    public float[][] Channels { get; } = [new float[Count], new float[Count], new float[Count]];

    private static int Byte(uint color, int channel) => (int)(color >> (16 - 8 * channel)) & 0xFF;
}
