using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

// Convolutions as matrix products whose second operand, the matrix of patches, is never in memory: the block of it that is
// multiplied next is gathered from the pictures. Three uses, two kernels:
//
// Correlate           forward: rows are filters, columns output positions, k runs over channels and taps;
//                     input gradient: rows are channels, columns input positions, k runs over filters and taps.
// ConvWeightGradient  rows are filters, columns channels and taps, k runs over output positions.

/// <summary>
/// One axis of a convolution: position i and tap j read source element i·Step + First + j·TapStep. WeightStep and TargetStep are
/// elements between taps of the weight and positions of the target.
/// </summary>
internal struct ConvAxis
{
    public int Positions, Step, First, Taps, TapStep, WeightStep, TargetStep;
}

/// <summary>Pictures [image, group, plane, height, width], and elements between images and groups.</summary>
internal struct ConvSource
{
    public ArrayView<float> Data;
    public int Image, Group, Height, Width;

    /// <summary>The element that a tap reads, 0 where it falls outside or is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly float Gather<TChecked>(int first, bool isTap, Spot corner, Spot tap, float otherwise)
        where TChecked : struct, IFlag
    {
        var value = otherwise;
        if (isTap && (!TChecked.IsSet || ((uint)(corner.Y + tap.Y) < (uint)Height && (uint)(corner.X + tap.X) < (uint)Width)))
            value = Data[first + corner.At + tap.At];
        return value;
    }
}

/// <summary>A place in the pictures, or the way from one to another: down, right and in elements.</summary>
internal struct Spot
{
    public int Y, X, At;
}

/// <summary>Four of them.</summary>
internal struct FourSpots
{
    public Spot A, B, C, D;
}

/// <summary>A number of a sequence of which each of two inner axes is decoded by a division.</summary>
internal struct Decoded
{
    public int Outer, Y, X;

    /// <summary>The number as [outer, y, x] with so many of (y, x) and of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Decoded(int number, in Divisor inner, in Divisor x)
    {
        Outer = inner.Divide(number);
        number -= Outer * inner.Value;
        Y = x.Divide(number);
        X = number - Y * x.Value;
    }
}
