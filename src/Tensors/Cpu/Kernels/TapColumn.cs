using System.Runtime.CompilerServices;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>What one tap reads for a vector of outputs side by side, at stride 1.</summary>
internal unsafe interface ITapColumn<TSelf, TVector>
    where TSelf : struct, ITapColumn<TSelf, TVector>
    where TVector : struct, IFloatVector<TVector>
{
    /// <summary>The tap that reads <paramref name="column"/> for the first output, in rows of <paramref name="width"/>.</summary>
    static abstract TSelf At(int column, int width);

    /// <summary>The values, the first of them at an address.</summary>
    TVector Load(float* from);
}

/// <summary>What two taps side by side read, at stride 2.</summary>
internal unsafe interface ITapPairs<TSelf, TVector>
    where TSelf : struct, ITapPairs<TSelf, TVector>
    where TVector : struct, IFloatVector<TVector>
{
    /// <summary>The taps of which the first reads <paramref name="column"/> for the first output.</summary>
    static abstract TSelf At(int column, int width);

    /// <summary>The values of the first tap, the first of them at an address, and those of the second.</summary>
    TVector Load(float* from, out TVector second);
}

/// <summary>Taps within the row.</summary>
internal readonly unsafe struct WholeTaps<TVector>
    : ITapColumn<WholeTaps<TVector>, TVector>, ITapPairs<WholeTaps<TVector>, TVector>
    where TVector : struct, IFloatVector<TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WholeTaps<TVector> At(int column, int width) => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Load(float* from) => TVector.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Load(float* from, out TVector second) =>
        TVector.Split(TVector.Load(from), TVector.Load(from + TVector.Count), out second);
}

/// <summary>A tap with zeros beside the row.</summary>
internal readonly unsafe struct EdgeColumn<TVector>(TVector mask) : ITapColumn<EdgeColumn<TVector>, TVector>
    where TVector : struct, IFloatVector<TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EdgeColumn<TVector> At(int column, int width) => new(TVector.Mask(column, width));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Load(float* from) => TVector.Load(from, mask);
}

/// <summary>Two taps with zeros beside the row.</summary>
internal readonly unsafe struct EdgePairs<TVector>(TVector first, TVector last) : ITapPairs<EdgePairs<TVector>, TVector>
    where TVector : struct, IFloatVector<TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EdgePairs<TVector> At(int column, int width) =>
        new(TVector.Mask(column, width), TVector.Mask(column + TVector.Count, width));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Load(float* from, out TVector second) =>
        TVector.Split(TVector.Load(from, first), TVector.Load(from + TVector.Count, last), out second);
}
