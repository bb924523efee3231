using System.Numerics;

namespace Engine.Dsp.Audio.Flac;

/// <summary>Decodes one channel of a frame. Source: RFC 9639, section 9.2.</summary>
internal static class Subframe
{
    private const int ConstantType = 0, VerbatimType = 1, FixedType = 8, LinearType = 32;

    /// <summary>Reads the samples; false if the bits are not a subframe.</summary>
    /// <typeparam name="T">Wide enough for a sample: <see cref="int"/>, or <see cref="long"/> for 33 bits.</typeparam>
    /// <param name="bits">Positioned at the subframe.</param>
    /// <param name="samples">The block.</param>
    /// <param name="residual">Of the same length, for residuals; the samples themselves if they are of the same type.</param>
    /// <param name="depth">Bits of a sample.</param>
    public static bool TryRead<T>(ref BitReader bits, Span<T> samples, Span<int> residual, int depth)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (bits.Read(1) != 0) return false;
        var type = (int)bits.Read(6);
        var wasted = bits.Read(1) == 0 ? 0 : (int)Math.Min(bits.ReadUnary(), 63u) + 1;
        if (wasted >= depth) return false;
        depth -= wasted;
        switch (type)
        {
            case ConstantType:
                samples.Fill(T.CreateTruncating(bits.ReadSigned(depth)));
                break;
            case VerbatimType:
                ReadPlain(ref bits, samples, depth);
                break;
            case >= FixedType and <= FixedType + Prediction.LargestFixedOrder:
                var order = type - FixedType;
                if (!TryReadStart(ref bits, samples, residual, depth, order)
                    || !TryReadResidual(ref bits, samples, residual, order)) return false;
                Prediction.AddFixed(samples, order);
                break;
            case >= LinearType:
                if (!TryReadLinear(ref bits, samples, residual, depth, type - LinearType + 1)) return false;
                break;
            default:
                return false; // reserved
        }

        if (wasted > 0)
        {
            foreach (ref var sample in samples) sample <<= wasted;
        }

        return !bits.Overrun;
    }

    private static bool TryReadLinear<T>(ref BitReader bits, Span<T> samples, Span<int> residual, int depth, int order)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (!TryReadStart(ref bits, samples, residual, depth, order)) return false;
        var precision = (int)bits.Read(4) + 1;
        var shift = (int)bits.ReadSigned(5);
        if (precision > Prediction.MostPrecision || shift < 0) return false;
        Span<long> weights = stackalloc long[order];
        for (var i = order - 1; i >= 0; i--) weights[i] = bits.ReadSigned(precision);
        if (!TryReadResidual(ref bits, samples, residual, order)) return false;
        Prediction.AddLinear(samples, weights, shift);
        return true;
    }

    /// <summary>Reads the samples that prediction starts from.</summary>
    private static bool TryReadStart<T>(ref BitReader bits, Span<T> samples, Span<int> residual, int depth, int order)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (order > residual.Length) return false;
        ReadPlain(ref bits, samples[..order], depth);
        return true;
    }

    private static void ReadPlain<T>(ref BitReader bits, Span<T> samples, int depth)
        where T : unmanaged, IBinaryInteger<T>
    {
        foreach (ref var sample in samples)
        {
            sample = T.CreateTruncating(bits.ReadSigned(depth));
            if (bits.Overrun) return;
        }
    }

    /// <summary>Reads what prediction lacks, into the samples.</summary>
    private static bool TryReadResidual<T>(ref BitReader bits, Span<T> samples, Span<int> residual, int order)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (!Residual.TryRead(ref bits, residual, order)) return false;
        if (typeof(T) == typeof(int)) return true;
        for (var i = order; i < samples.Length; i++) samples[i] = T.CreateTruncating(residual[i]);
        return true;
    }
}
