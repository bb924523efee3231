namespace Engine.Pipeline.Explaining;

/// <summary>A part of a window that is covered.</summary>
/// <param name="Row">Its first row.</param>
/// <param name="Column">Its first column.</param>
/// <param name="Height">Its rows.</param>
/// <param name="Width">Its columns.</param>
internal readonly record struct Patch(int Row, int Column, int Height, int Width)
{
    /// <summary>
    /// Where patches of one size begin along an axis: half a patch apart, the last one at the end of the axis.
    /// </summary>
    public static int[] Starts(int length, int size)
    {
        var step = Math.Max(1, size / 2);
        var last = length - size;
        return [.. Enumerable.Range(0, (last + step - 1) / step).Select(i => i * step), last];
    }

    /// <summary>Writes <paramref name="values"/>, one for each channel, over this part of a window.</summary>
    /// <param name="window">The window, <c>[channels, height, width]</c>.</param>
    /// <param name="values">A value for each channel.</param>
    /// <param name="height">The window's rows.</param>
    /// <param name="width">The window's columns.</param>
    public void Fill(Span<float> window, ReadOnlySpan<float> values, int height, int width)
    {
        for (var c = 0; c < values.Length; c++)
        {
            for (var y = Row; y < Row + Height; y++)
                window.Slice((c * height + y) * width + Column, Width).Fill(values[c]);
        }
    }

    /// <summary>The mean of each channel.</summary>
    public static float[] Means(ReadOnlySpan<float> window, int channels)
    {
        var means = new float[channels];
        var length = window.Length / channels;
        for (var c = 0; c < channels; c++)
        {
            var sum = 0.0;
            foreach (var value in window.Slice(c * length, length)) sum += value;
            means[c] = (float)(sum / length);
        }

        return means;
    }
}
