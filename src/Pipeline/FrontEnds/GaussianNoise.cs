using Engine.Tensors;

namespace Engine.Pipeline.FrontEnds;

/// <summary>Adds normal noise to hundreds of thousands of values at a time, in single precision.</summary>
internal static class GaussianNoise
{
    /// <summary>
    /// Adds noise of mean 0 and this standard deviation, by the method of Box and Muller (1958) with one random word per value.
    /// </summary>
    public static void Add(Span<float> values, float deviation, RandomStream stream)
    {
        for (var i = 0; i < values.Length; i += 2)
        {
            // In (0, 1], so that the logarithm is finite, and [0, 1); 24 bits each.
            var radius = deviation * MathF.Sqrt(-2 * MathF.Log(((stream.NextUInt32() >> 8) + 1) * (1f / (1 << 24))));
            var (sin, cos) = MathF.SinCos((stream.NextUInt32() >> 8) * (MathF.Tau / (1 << 24)));
            values[i] += radius * cos;
            if (i + 1 < values.Length) values[i + 1] += radius * sin;
        }
    }
}
