using System.Numerics;
using Engine.Dsp;

namespace Engine.Pipeline.FrontEnds;

/// <summary>How the values of frames vary together, in double precision and two passes.</summary>
internal static class FrameCovariance
{
    /// <summary>
    /// The means, and the sums of products of deviations from them, <c>[bins, bins]</c> row by row; zeros below the diagonal.
    /// </summary>
    /// <exception cref="IOException">The samples cannot be read.</exception>
    public static (double[] Mean, double[] Sums) Of<T>(FrameReader<T> frames)
        where T : unmanaged, INumberBase<T>
    {
        var n = frames.Bins;
        var (mean, sums) = (new double[n], new double[n * n]);
        foreach (var (_, block) in frames.Blocks())
        {
            for (var frame = block.Span; !frame.IsEmpty; frame = frame[n..])
            {
                for (var i = 0; i < n; i++) mean[i] += double.CreateTruncating(frame[i]);
            }
        }

        for (var i = 0; i < n; i++) mean[i] /= frames.Count;
        var deviations = new double[n];
        foreach (var (_, block) in frames.Blocks())
        {
            for (var frame = block.Span; !frame.IsEmpty; frame = frame[n..])
            {
                for (var i = 0; i < n; i++) deviations[i] = double.CreateTruncating(frame[i]) - mean[i];
                for (var i = 0; i < n; i++)
                {
                    for (var j = i; j < n; j++) sums[i * n + j] += deviations[i] * deviations[j];
                }
            }
        }

        return (mean, sums);
    }
}
