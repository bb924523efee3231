namespace Engine.Pipeline.FrontEnds;

/// <summary>
/// Stores values that are all multiples of 1/255 from 0 to 1, as in pictures, as bytes: a quarter of the space, without loss.
/// </summary>
internal static class Pixels
{
    private static readonly float[] s_values = [.. Enumerable.Range(0, 256).Select(i => i / 255f)];

    /// <summary>The value of a byte.</summary>
    public static float Value(byte pixel) => s_values[pixel];

    /// <summary>The bytes; null if a value is not one of the 256.</summary>
    public static byte[]? TryPack(ReadOnlySpan<float> values)
    {
        if (!AllPixels(values)) return null;
        var bytes = new byte[values.Length];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = Nearest(values[i]);
        return bytes;
    }

    /// <summary>The values of <paramref name="bytes"/>.</summary>
    public static void Unpack(ReadOnlySpan<byte> bytes, Span<float> values)
    {
        for (var i = 0; i < values.Length; i++) values[i] = s_values[bytes[i]];
    }

    // Compares bits, so that -0 is not a pixel. Windows that are not pictures usually fail at their first values.
    private static bool AllPixels(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (BitConverter.SingleToInt32Bits(s_values[Nearest(value)]) != BitConverter.SingleToInt32Bits(value)) return false;
        }

        return true;
    }

    private static byte Nearest(float value) => (byte)Math.Clamp((int)(value * 255 + 0.5f), 0, 255);
}
