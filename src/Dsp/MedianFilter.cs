using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Dsp;

/// <summary>
/// Running medians of a spectrogram along time or frequency; values as <c>scipy.ndimage.median_filter</c> with
/// <c>mode='reflect'</c> (beyond an edge the values repeat mirrored, the edge value first).
/// Immutable and safe to share between threads.
/// </summary>
/// <remarks>
/// Values are ordered by IEEE 754 totalOrder: -0 is below +0, NaN with a clear sign bit (NumPy's) is above +∞, and
/// with a set one (.NET's <see cref="float.NaN"/>) below -∞. Results do not depend on the vector width.
/// </remarks>
public sealed unsafe class MedianFilter
{
    private const int Alignment = 64;

    /// <summary>Creates a filter.</summary>
    /// <param name="size">Values in the window, odd.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is even or below 1.</exception>
    public MedianFilter(int size)
    {
        if (size < 1 || size % 2 == 0)
        {
            throw new ArgumentOutOfRangeException(nameof(size), $"MedianFilter: size is {size}; it must be odd and at least 1.");
        }

        Size = size;
    }

    private enum Axis
    {
        Time,
        Frequency,
    }

    /// <summary>The number of values in the window.</summary>
    public int Size { get; }

    /// <summary>Each value's median over the <see cref="Size"/> frames around it, in its own bin.</summary>
    public Frames<float> AlongTime(Frames<float> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var result = new Frames<float>(source.Count, source.Bins);
        AlongTime(source.Data, result.Data, source.Count, source.Bins);
        return result;
    }

    /// <summary>Each value's median over the <see cref="Size"/> bins around it, in its own frame.</summary>
    public Frames<float> AlongFrequency(Frames<float> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var result = new Frames<float>(source.Count, source.Bins);
        AlongFrequency(source.Data, result.Data, source.Count, source.Bins);
        return result;
    }

    /// <summary>Like the public overload, from and to row-major [frames, bins] memory, which may be the same.</summary>
    internal void AlongTime(ReadOnlySpan<float> source, Span<float> result, int frames, int bins) =>
        Filter(source, result, frames, bins, Axis.Time);

    /// <summary>Like the public overload, from and to row-major [frames, bins] memory, which may be the same.</summary>
    internal void AlongFrequency(ReadOnlySpan<float> source, Span<float> result, int frames, int bins) =>
        Filter(source, result, frames, bins, Axis.Frequency);

    private void Filter(ReadOnlySpan<float> source, Span<float> result, int frames, int bins, Axis axis)
    {
        var count = checked(frames * bins);
        if (count == 0) return;
        fixed (float* s = source[..count])
        fixed (float* r = result[..count])
        {
            var columns = axis == Axis.Time ? bins : frames;
            var done = 0;
            if (Vector512.IsHardwareAccelerated)
                done = Strips<Vector512<int>, MedianLanes512>((int*)s, (int*)r, frames, bins, axis, done);
            if (Vector256.IsHardwareAccelerated)
                done = Strips<Vector256<int>, MedianLanes256>((int*)s, (int*)r, frames, bins, axis, done);
            if (Vector128.IsHardwareAccelerated)
                done = Strips<Vector128<int>, MedianLanes128>((int*)s, (int*)r, frames, bins, axis, done);
            Strips<int, MedianLanes1>((int*)s, (int*)r, frames, bins, axis, done);
        }
    }

    // Filters as many columns from `first` on as fill whole vectors, one strip of lanes, padded at both ends, at a time.
    private int Strips<TVector, TLanes>(int* source, int* result, int frames, int bins, Axis axis, int first)
        where TVector : unmanaged
        where TLanes : struct, IMedianLanes<TVector>
    {
        var lanes = TLanes.Count;
        var (length, columns) = axis == Axis.Time ? (frames, bins) : (bins, frames);
        if (columns - first < lanes) return first;

        var group = MedianFilterNetwork<TVector, TLanes>.Group(Size);
        var outputs = checked((length + group - 1) / group * group);
        var padded = checked(outputs + Size - 1);
        var vectors = checked(padded + outputs + MedianFilterNetwork<TVector, TLanes>.Scratch(Size));
        var memory = ArrayPool<byte>.Shared.Rent(checked(vectors * sizeof(TVector) + Alignment));
        fixed (byte* start = memory)
        {
            var x = (TVector*)(((nint)start + Alignment - 1) / Alignment * Alignment);
            var y = x + padded;
            // The outputs added by rounding up read past the samples.
            new Span<byte>(x, checked(padded * sizeof(TVector))).Clear();
            for (; columns - first >= lanes; first += lanes)
            {
                var middle = x + Size / 2;
                if (axis == Axis.Time) LoadTime<TVector, TLanes>(source + first, bins, middle, length);
                else LoadFrequency<TVector, TLanes>(source + (nint)first * bins, bins, middle);
                Reflect(middle, length);
                MedianFilterNetwork<TVector, TLanes>.Filter(Size, x, y, outputs, y + outputs);
                if (axis == Axis.Time) StoreTime<TVector, TLanes>(y, length, result + first, bins);
                else StoreFrequency<TVector, TLanes>(y, result + (nint)first * bins, bins);
            }
        }

        ArrayPool<byte>.Shared.Return(memory);
        return first;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Reflect<TVector>(TVector* middle, int length)
        where TVector : unmanaged
    {
        for (var i = 1; i <= Size / 2; i++)
        {
            middle[-i] = middle[Mirror(-i, length)];
            middle[length - 1 + i] = middle[Mirror(length - 1 + i, length)];
        }
    }

    private static int Mirror(int index, int length)
    {
        var period = 2L * length;
        var i = ((index % period) + period) % period;
        return (int)(i < length ? i : period - 1 - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LoadTime<TVector, TLanes>(int* source, int stride, TVector* strip, int length)
        where TVector : unmanaged
        where TLanes : struct, IMedianLanes<TVector>
    {
        for (var t = 0; t < length; t++) strip[t] = TLanes.Key(*(TVector*)(source + (nint)t * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void StoreTime<TVector, TLanes>(TVector* strip, int length, int* result, int stride)
        where TVector : unmanaged
        where TLanes : struct, IMedianLanes<TVector>
    {
        for (var t = 0; t < length; t++) *(TVector*)(result + (nint)t * stride) = TLanes.Key(strip[t]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LoadFrequency<TVector, TLanes>(int* source, int bins, TVector* strip)
        where TVector : unmanaged
        where TLanes : struct, IMedianLanes<TVector>
    {
        MedianFilterTranspose.Copy(source, bins, TLanes.Count, bins, (int*)strip, TLanes.Count);
        for (var k = 0; k < bins; k++) strip[k] = TLanes.Key(strip[k]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void StoreFrequency<TVector, TLanes>(TVector* strip, int* result, int bins)
        where TVector : unmanaged
        where TLanes : struct, IMedianLanes<TVector>
    {
        for (var k = 0; k < bins; k++) strip[k] = TLanes.Key(strip[k]);
        MedianFilterTranspose.Copy((int*)strip, TLanes.Count, bins, TLanes.Count, result, bins);
    }
}
