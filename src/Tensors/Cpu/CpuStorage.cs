using System.Runtime.InteropServices;

namespace Engine.Tensors.Cpu;

/// <summary>
/// A block of a <see cref="CpuMemoryPool"/>: aligned and unmanaged, so kernels hold plain pointers and the collector never
/// moves it. A block of weights also keeps what kernels have prepared of them (<see cref="PreparedWeights"/>), until the weights
/// change or are released.
/// </summary>
internal sealed unsafe class CpuStorage : Storage
{
    // A network reads its weights in one or two layouts; a third comes from inputs of another size.
    private const int MostPrepared = 4;

    private readonly CpuMemoryPool? _pool;
    private readonly long _blockLength;
    private GCHandle _array;
    private PreparedBlock[] _prepared = [];

    internal CpuStorage(CpuMemoryPool pool, long byteLength)
        : base(byteLength)
    {
        _pool = pool;
        Pointer = (byte*)pool.Rent(byteLength, out _blockLength);
    }

    /// <summary>An array of the collector's instead of a block: it stays where it is as long as this lives.</summary>
    internal CpuStorage(float[] values)
        : base(sizeof(float) * (long)values.Length)
    {
        _array = GCHandle.Alloc(values, GCHandleType.Pinned);
        Pointer = (byte*)_array.AddrOfPinnedObject();
    }

    /// <summary>Returns memory that was never released explicitly, so that a forgotten tensor does not leak.</summary>
    ~CpuStorage()
    {
        // No block was rented if the constructor threw. Prepared blocks have finalizers of their own, perhaps run already.
        if (Pointer is not null) Return();
    }

    public byte* Pointer { get; }

    /// <inheritdoc/>
    internal override void MarkWritten()
    {
        base.MarkWritten();
        ReleasePrepared();
    }

    /// <summary>What was prepared of the present contents in this layout, with a reference that the caller releases.</summary>
    internal CpuStorage? FindPrepared(in WeightLayout layout)
    {
        foreach (var (known, version, block) in Volatile.Read(ref _prepared))
        {
            if (version == Version && known == layout) return block.TryRetain() ? block : null;
        }

        return null;
    }

    /// <summary>Keeps a block, prepared from the contents of this version, for the next call that asks for the layout.</summary>
    internal void KeepPrepared(in WeightLayout layout, int version, CpuStorage block)
    {
        while (true)
        {
            var old = Volatile.Read(ref _prepared);
            foreach (var entry in old)
            {
                // Another thread was faster.
                if (entry.Version == version && entry.Layout == layout) return;
            }

            if (!block.TryRetain()) return;
            var first = old.Length < MostPrepared ? 0 : 1;
            if (Interlocked.CompareExchange(ref _prepared, [.. old[first..], new(layout, version, block)], old) == old)
            {
                if (first > 0) old[0].Block.Release();
                return;
            }

            block.Release();
        }
    }

    /// <inheritdoc/>
    protected override void Free()
    {
        ReleasePrepared();
        Return();
    }

    private void ReleasePrepared()
    {
        if (_prepared.Length == 0) return;
        foreach (var (_, _, block) in Interlocked.Exchange(ref _prepared, [])) block.Release();
    }

    private void Return()
    {
        if (_pool is null) _array.Free();
        else _pool.Return((nint)Pointer, _blockLength, ByteLength);
    }

    private readonly record struct PreparedBlock(WeightLayout Layout, int Version, CpuStorage Block);
}
