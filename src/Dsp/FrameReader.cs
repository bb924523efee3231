namespace Engine.Dsp;

/// <summary>
/// The frames <c>[Count, Bins]</c> of a recording, computed from its samples on demand: at most one block of each is in memory,
/// whatever the length. The bits equal those of the transform of the whole signal. Not thread-safe.
/// </summary>
/// <typeparam name="T">The element: float or <see cref="Complex{T}"/>.</typeparam>
public sealed class FrameReader<T>
    where T : unmanaged
{
    private readonly Action<int, Span<T>> _fill;
    private ReadOnlyMemory<T>? _all;

    /// <summary>Creates a reader of the frames that <paramref name="fill"/> computes.</summary>
    /// <param name="count">How many frames there are.</param>
    /// <param name="bins">The values of one frame.</param>
    /// <param name="blockFrames">How many to read at once, at least 1.</param>
    /// <param name="fill">Computes frames from a given one on, as many as fit into its span.</param>
    public FrameReader(int count, int bins, int blockFrames, Action<int, Span<T>> fill)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(bins);
        ArgumentOutOfRangeException.ThrowIfLessThan(blockFrames, 1);
        ArgumentNullException.ThrowIfNull(fill);
        (Count, Bins, BlockFrames, _fill) = (count, bins, blockFrames, fill);
    }

    /// <summary>How many frames there are.</summary>
    public int Count { get; }

    /// <summary>The values of one frame.</summary>
    public int Bins { get; }

    /// <summary>How many frames to read at once: a few MB of values and samples.</summary>
    public int BlockFrames { get; }

    /// <summary>
    /// Computes the frames from <paramref name="first"/> on, as many as <paramref name="frames"/> has room for.
    /// </summary>
    /// <param name="first">The first frame.</param>
    /// <param name="frames">Receives the values, frame after frame.</param>
    /// <exception cref="ArgumentException">The span does not hold whole frames of the recording.</exception>
    /// <exception cref="IOException">The samples cannot be read.</exception>
    public void Read(int first, Span<T> frames)
    {
        if (first < 0 || frames.Length % Math.Max(1, Bins) != 0 || first + frames.Length / Math.Max(1, Bins) > Count)
        {
            throw new ArgumentException($"FrameReader: {frames.Length} values from frame {first} on are not whole frames of " +
                $"[{Count}, {Bins}].");
        }

        if (!frames.IsEmpty) _fill(first, frames);
    }

    /// <summary>All frames, block by block: the index of each block's first frame, and its values in a shared buffer.</summary>
    /// <exception cref="IOException">The samples cannot be read.</exception>
    public IEnumerable<(int First, ReadOnlyMemory<T> Values)> Blocks()
    {
        if (_all is { } all)
        {
            yield return (0, all);
            yield break;
        }

        var block = GC.AllocateUninitializedArray<T>(Math.Min(BlockFrames, Count) * Bins);
        for (var first = 0; first < Count; first += BlockFrames)
        {
            var values = block.AsMemory(0, Math.Min(BlockFrames, Count - first) * Bins);
            Read(first, values.Span);
            yield return (first, values);
        }
    }

    /// <summary>
    /// The same frames, for several passes: computed now and kept if they have at most
    /// 2²¹ values, otherwise recomputed each time.
    /// </summary>
    /// <exception cref="IOException">The samples cannot be read.</exception>
    public FrameReader<T> Remembered() => Remembered(default);

    /// <summary>As <see cref="Remembered()"/>, but kept in memory of the caller's.</summary>
    /// <param name="memory">Where they are kept, if they fit; else they are kept in memory of their own.</param>
    /// <exception cref="IOException">The samples cannot be read.</exception>
    public FrameReader<T> Remembered(Memory<T> memory)
    {
        const int MostValues = 1 << 21;
        if ((long)Count * Bins > MostValues) return this;
        var all = memory.Length >= Count * Bins ? memory[..(Count * Bins)] : new T[Count * Bins];
        for (var first = 0; first < Count; first += BlockFrames)
            Read(first, all.Span.Slice(first * Bins, Math.Min(BlockFrames, Count - first) * Bins));
        var bins = Bins;
        return new(Count, Bins, BlockFrames,
            (first, frames) => all.Span.Slice(first * bins, frames.Length).CopyTo(frames))
        { _all = all };
    }
}
