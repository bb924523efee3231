using Engine.Dsp;

namespace Engine.Tests.Support;

/// <summary>Running medians by sorting each window, edges as <c>scipy.ndimage</c>'s <c>mode='reflect'</c>.</summary>
public static class ReferenceMedian
{
    public static Frames<float> AlongTime(Frames<float> source, int size)
    {
        var result = new Frames<float>(source.Count, source.Bins);
        for (var t = 0; t < source.Count; t++)
            for (var k = 0; k < source.Bins; k++) result[t][k] = Median(size, i => source[Reflect(t + i, source.Count)][k]);
        return result;
    }

    public static Frames<float> AlongFrequency(Frames<float> source, int size)
    {
        var result = new Frames<float>(source.Count, source.Bins);
        for (var t = 0; t < source.Count; t++)
            for (var k = 0; k < source.Bins; k++) result[t][k] = Median(size, i => source[t][Reflect(k + i, source.Bins)]);
        return result;
    }

    private static float Median(int size, Func<int, float> at)
    {
        var window = Enumerable.Range(-size / 2, size).Select(at).ToArray();
        Array.Sort(window, TotalOrder);
        return window[size / 2];
    }

    /// <summary>IEEE 754 totalOrder, as <see cref="MedianFilter"/> promises for NaN and signed zeros.</summary>
    private static int TotalOrder(float a, float b)
    {
        static long Rank(float x) => BitConverter.SingleToInt32Bits(x) is var bits && bits >= 0
            ? bits : -1L - (bits & int.MaxValue);
        return Rank(a).CompareTo(Rank(b));
    }

    // d c b a | a b c d | d c b a
    private static int Reflect(int i, int length)
    {
        while (i < 0 || i >= length) i = i < 0 ? -1 - i : 2 * length - 1 - i;
        return i;
    }
}
