namespace Engine.Dsp;

/// <summary>
/// A row-major matrix <c>[frames, bins]</c>, one frame contiguous: what every transform of this library returns.
/// </summary>
/// <typeparam name="T">The element: float, double or <see cref="Complex{T}"/>.</typeparam>
public sealed class Frames<T>
    where T : unmanaged
{
    /// <summary>Creates a zero matrix of <paramref name="count"/> frames with <paramref name="bins"/> values each.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A size is negative, or the matrix has more values than an array can hold.
    /// </exception>
    public Frames(int count, int bins)
        : this(count, bins, new T[Size(count, bins)])
    {
    }

    /// <summary>Wraps <paramref name="data"/>, which is used and not copied.</summary>
    /// <exception cref="ArgumentException"><paramref name="data"/> does not have exactly count × bins elements.</exception>
    public Frames(int count, int bins, T[] data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Length != Size(count, bins))
        {
            throw new ArgumentException(
                $"Frames: {count} frames of {bins} bins need {(long)count * bins} values, but data has {data.Length}.");
        }

        Count = count;
        Bins = bins;
        Data = data;
    }

    // For a transform that writes every value: clearing a spectrogram, or taking a fault for each small page of it, takes as long
    // as computing it.
    internal static unsafe Frames<T> Uninitialized(int count, int bins)
    {
        var data = GC.AllocateUninitializedArray<T>(Size(count, bins));
        fixed (T* start = data) HugePages.Advise(start, (nuint)data.Length * (nuint)sizeof(T));
        return new(count, bins, data);
    }

    /// <summary>The number of frames (rows).</summary>
    public int Count { get; }

    /// <summary>The values of one frame (columns).</summary>
    public int Bins { get; }

    /// <summary>All values, frame after frame.</summary>
    public T[] Data { get; }

    /// <summary>The values of one frame.</summary>
    public Span<T> this[int frame] => Data.AsSpan(frame * Bins, Bins);

    private static int Size(int count, int bins)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(bins);
        if ((long)count * bins > System.Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(count),
                $"Frames: {count} frames of {bins} bins are more than the {System.Array.MaxLength} values that an array can "
                    + "hold.");
        return count * bins;
    }
}
