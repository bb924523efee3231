namespace Engine.Plots.Images;

/// <summary>
/// Reduces the colours of an image: the box of colours with the most spread is cut in half by pixels until there are enough boxes
/// (P. Heckbert, "Color image quantization for frame buffer display", 1982). Colours are told apart by 5 bits a channel.
/// </summary>
internal static class MedianCut
{
    private const int Bits = 5, Cells = 1 << (3 * Bits);

    /// <summary>A palette of at most <paramref name="most"/> colours, and the colour of each pixel in it.</summary>
    public static (int[] Palette, byte[] Indices) Of(RgbImage image, int most)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, 256);
        var (count, red, green, blue) = (new long[Cells], new long[Cells], new long[Cells], new long[Cells]);
        foreach (var pixel in image.Pixels)
        {
            var cell = CellOf(pixel);
            count[cell]++;
            red[cell] += pixel >> 16;
            green[cell] += pixel >> 8 & 255;
            blue[cell] += pixel & 255;
        }

        var boxes = new List<int[]> { Enumerable.Range(0, Cells).Where(c => count[c] > 0).ToArray() };
        while (boxes.Count < most && Widest(boxes) is { Spread: > 0 } widest)
        {
            var (low, high) = Cut(boxes[widest.Box], widest.Channel, count);
            boxes[widest.Box] = low;
            boxes.Add(high);
        }

        var (palette, indexOf) = (new int[boxes.Count], new byte[Cells]);
        for (var b = 0; b < boxes.Count; b++)
        {
            var pixels = boxes[b].Sum(c => count[c]);
            palette[b] = Mean(red) << 16 | Mean(green) << 8 | Mean(blue);
            foreach (var cell in boxes[b]) indexOf[cell] = (byte)b;

            int Mean(long[] sums) => (int)((boxes[b].Sum(c => sums[c]) + pixels / 2) / pixels);
        }

        return (palette, Array.ConvertAll(image.Pixels, p => indexOf[CellOf(p)]));
    }

    private static (int Box, int Channel, int Spread) Widest(List<int[]> boxes)
    {
        (int Box, int Channel, int Spread) widest = default;
        for (var b = 0; b < boxes.Count; b++)
        {
            for (var channel = 0; channel < 3; channel++)
            {
                var (low, high) = (int.MaxValue, int.MinValue);
                foreach (var cell in boxes[b])
                {
                    var value = Channel(cell, channel);
                    (low, high) = (Math.Min(low, value), Math.Max(high, value));
                }

                if (high - low > widest.Spread) widest = (b, channel, high - low);
            }
        }

        return widest;
    }

    // Both halves have a colour: the cut is between two values of the channel, as near to the median as there is one.
    private static (int[] Low, int[] High) Cut(int[] box, int channel, long[] count)
    {
        var sorted = box.OrderBy(c => Channel(c, channel)).ToArray();
        var half = sorted.Sum(c => count[c]) / 2;
        var (at, before) = (0, 0L);
        while (before < half) before += count[sorted[at++]];
        at = Math.Clamp(at, 1, sorted.Length - 1);
        while (at < sorted.Length && Channel(sorted[at], channel) == Channel(sorted[at - 1], channel)) at++;
        if (at == sorted.Length) at = Array.FindIndex(sorted, c => Channel(c, channel) == Channel(sorted[^1], channel));
        return (sorted[..at], sorted[at..]);
    }

    private static int CellOf(int pixel) => (pixel >> 19 & 31) << (2 * Bits) | (pixel >> 11 & 31) << Bits | pixel >> 3 & 31;

    private static int Channel(int cell, int channel) => cell >> (Bits * channel) & 31;
}
