namespace Engine.Classifiers.Svm;

/// <summary>
/// The kernel rows that a solver used last, as many as fit in its memory: each holds the values with the solver's variables in
/// their current order, or with the first of them. For one thread.
/// </summary>
internal sealed class KernelRowCache
{
    private const int None = -1;

    private readonly IKernelRows _source;
    private readonly float[] _values;
    private readonly int _stride;
    private readonly int[] _slotOf;
    private readonly int[] _owner;
    private readonly int[] _length;
    private readonly int[] _newer;
    private readonly int[] _older;
    private readonly float[] _scratch;
    private int _newest = None;
    private int _oldest = None;
    private int _used;

    /// <summary>
    /// A cache for a problem of <paramref name="count"/> variables that stores its rows in <paramref name="memory"/>.
    /// </summary>
    public KernelRowCache(IKernelRows source, int count, float[] memory)
    {
        (_source, _values, _stride) = (source, memory, Stride(count));
        var slots = Math.Min(count, memory.Length / _stride);
        _slotOf = new int[count];
        Array.Fill(_slotOf, None);
        (_owner, _length, _newer, _older) = (new int[slots], new int[slots], new int[slots], new int[slots]);
        _scratch = new float[_stride];
    }

    /// <summary>Floats that a problem's cache needs: for all its rows, or as many as fit, but at least two.</summary>
    public static int MemoryFor(int count, long bytes)
    {
        var rows = Math.Clamp(bytes / sizeof(float) / Stride(count), 2, count);
        return checked((int)Math.Min(rows * Stride(count), Array.MaxLength));
    }

    /// <summary>
    /// The row of variable <paramref name="variable"/>, row <paramref name="row"/> of the data: its values with
    /// <paramref name="columns"/>, the rows of the first variables, then padding up to a whole vector. Valid until two other rows
    /// have been requested.
    /// </summary>
    public ReadOnlySpan<float> Get(int variable, int row, ReadOnlySpan<int> columns)
    {
        var slot = _slotOf[variable];
        if (slot == None) slot = Take(variable);
        MakeNewest(slot);
        var known = _length[slot];
        if (known < columns.Length)
        {
            _source.Fill(row, columns[known..], _values.AsSpan(slot * _stride + known, columns.Length - known));
            _length[slot] = columns.Length;
        }

        return _values.AsSpan(slot * _stride, _stride);
    }

    /// <summary>
    /// Applies a permutation: place k now holds what was at <paramref name="order"/>[k], for every entry. Only the first
    /// <paramref name="kept"/> places remain in use.
    /// </summary>
    public void Reorder(ReadOnlySpan<int> order, int kept)
    {
        for (var slot = 0; slot < _used; slot++)
        {
            var values = _values.AsSpan(slot * _stride, _stride);
            var known = _length[slot];
            if (known < order.Length)
            {
                // Only a prefix of the row is known: the order is stable, so its entries that stay form a prefix again.
                var left = 0;
                while (left < kept && order[left] < known) left++;
                for (var k = 0; k < left; k++) values[k] = values[order[k]];
                _length[slot] = left;
                continue;
            }

            for (var k = 0; k < order.Length; k++) _scratch[k] = values[order[k]];
            _scratch.AsSpan(0, order.Length).CopyTo(values);
        }
    }

    private static int Stride(int count) => (count + SmoLoops.Width - 1) / SmoLoops.Width * SmoLoops.Width;

    private int Take(int variable)
    {
        int slot;
        if (_used < _owner.Length)
        {
            slot = _used++;
            (_newer[slot], _older[slot]) = (None, _newest);
            if (_newest != None) _newer[_newest] = slot;
            else _oldest = slot;
            _newest = slot;
        }
        else
        {
            slot = _oldest;
            _slotOf[_owner[slot]] = None;
        }

        (_owner[slot], _length[slot], _slotOf[variable]) = (variable, 0, slot);
        return slot;
    }

    private void MakeNewest(int slot)
    {
        if (slot == _newest) return;
        var (newer, older) = (_newer[slot], _older[slot]);
        _older[newer] = older;
        if (older != None) _newer[older] = newer;
        else _oldest = newer;
        (_newer[slot], _older[slot]) = (None, _newest);
        _newer[_newest] = slot;
        _newest = slot;
    }
}
