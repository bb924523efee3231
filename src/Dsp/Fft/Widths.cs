using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Dsp.Fft;

/// <summary>Something made for one vector width.</summary>
internal interface IForWidth<T, TResult>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Makes it for <typeparamref name="V"/>.</summary>
    TResult Make<V>()
        where V : unmanaged, ILanes<V, T>;
}

/// <summary>Picks the vector width of a loop by processor and by how many numbers there are.</summary>
internal static class Widths
{
    /// <summary>The widest vector that <paramref name="count"/> numbers fill.</summary>
    public static TResult Filled<T, TResult, TMaker>(int count, TMaker maker)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TMaker : IForWidth<T, TResult> => FilledBits<T>(count) switch
        {
            512 => maker.Make<Lanes512<T>>(),
            256 => maker.Make<Lanes256<T>>(),
            128 => maker.Make<Lanes128<T>>(),
            _ => maker.Make<Lanes1<T>>(),
        };

    /// <summary>The same where a vector may be partly filled: a short row takes the narrowest that covers it.</summary>
    public static TResult Covering<T, TResult, TMaker>(int count, TMaker maker)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TMaker : IForWidth<T, TResult>
    {
        // More than 16 numbers fill any vector; one number needs none.
        var rounded = count is 1 or > 16 ? count : Math.Max(4, (int)BitOperations.RoundUpToPowerOf2((uint)count));
        return Filled<T, TResult, TMaker>(rounded, maker);
    }

    private static unsafe int FilledBits<T>(int count)
        where T : unmanaged
    {
        var bits = 8L * sizeof(T) * count;
        return bits >= 512 && Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? 512
            : bits >= 256 && Vector256.IsHardwareAccelerated && Avx.IsSupported ? 256
            : bits >= 128 && Vector128.IsHardwareAccelerated ? 128
            : 0;
    }
}
