using System.Numerics;

namespace Engine.Dsp;

/// <summary>Raises high frequencies: <c>x[n] = y[n+1] - coefficient·y[n]</c>.</summary>
public static class PreEmphasis
{
    /// <summary>
    /// Replaces the samples; the result has one fewer, since the first sample has none before it. (python_speech_features keeps
    /// that one as it is.)
    /// </summary>
    /// <param name="samples">The samples y; overwritten.</param>
    /// <param name="coefficient">From 0, which only drops the first sample, to 1, the difference.</param>
    /// <returns>The part of <paramref name="samples"/> that holds the result.</returns>
    public static Span<float> Apply(Span<float> samples, float coefficient)
    {
        if (samples.IsEmpty) return samples;
        var result = samples[..^1];
        var i = 0;
        // A block is read before it is written, and later blocks read none of what it writes.
        for (; i + Vector<float>.Count <= result.Length; i += Vector<float>.Count)
            (new Vector<float>(samples[(i + 1)..]) - new Vector<float>(samples[i..]) * coefficient).CopyTo(result[i..]);
        for (; i < result.Length; i++) result[i] = samples[i + 1] - samples[i] * coefficient;
        return result;
    }
}
