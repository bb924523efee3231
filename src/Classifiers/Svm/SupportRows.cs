using System.Runtime.CompilerServices;
using Engine.Tensors.Cpu;
using Engine.Tensors.Cpu.Kernels;
using Engine.Tensors.Serialization;

namespace Engine.Classifiers.Svm;

/// <summary>
/// Support vectors, kept in single precision where that loses nothing, as for pictures, or almost nothing: over thousands of
/// columns the rounding averages out to far below that of the kernel's values. In unmanaged memory, on large pages. Immutable.
/// </summary>
internal sealed unsafe class SupportRows
{
    // With at least this many columns, the relative error of a squared distance is about 2⁻²⁴ / √columns; that of kernel values
    // is 2⁻²⁴.
    private const int ManyColumns = 8192;

    // Columns widened at a time for a product; the product sums in this order anyway.
    private const int WideColumns = 4096;

    private readonly AlignedBuffer _memory = new();
    private readonly double* _wide;
    private readonly float* _single;

    private SupportRows(int count, int columns, bool single)
    {
        (Count, Columns, Squares) = (count, columns, new double[count]);
        var start = _memory.Reserve((long)count * columns * (single ? 1 : 2));
        if (single) _single = start;
        else _wide = (double*)start;
    }

    /// <summary>Number of rows.</summary>
    public int Count { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>Their squared lengths.</summary>
    public double[] Squares { get; }

    /// <summary>Copies some rows of <paramref name="x"/>.</summary>
    public static SupportRows Of(FeatureMatrix x, int[] rows, int threads)
    {
        var single = x.Columns >= ManyColumns || Array.TrueForAll(rows, r => IsSingle(x.Row(r)));
        var support = new SupportRows(rows.Length, x.Columns, single);
        Serially.OrFor(threads, rows.Length, Math.Max(1, (1 << 16) / x.Columns), (from, to) =>
        {
            for (var r = from; r < to; r++)
            {
                if (single) Narrow(x.Row(rows[r]), support.Single(r));
                else x.Row(rows[r]).CopyTo(support.Wide(r));
            }
        });
        return support.Measured(threads);
    }

    /// <summary>The rows as a tensor <c>[Count, Columns]</c> to store, F32 or F64.</summary>
    public StoredTensor ToTensor()
    {
        Array values = _single != null ? new float[Count * Columns] : new double[Count * Columns];
        for (var r = 0; r < Count; r++)
        {
            if (values is float[] singles) Single(r).CopyTo(singles.AsSpan(r * Columns));
            else Wide(r).CopyTo(((double[])values).AsSpan(r * Columns));
        }

        return new StoredTensor(values, Count, Columns);
    }

    /// <summary>Restores what <see cref="ToTensor"/> returned.</summary>
    /// <exception cref="EngineException">
    /// The tensor is missing, has the wrong type, does not have two axes, or holds a value that is not finite.
    /// </exception>
    public static SupportRows FromState(IReadOnlyDictionary<string, StoredTensor> state, string owner, string name)
    {
        var single = state.TryGetValue(name, out var stored) && stored.Data is float[];
        var tensor = single ? State.Singles(state, owner, name, -1, -1) : State.Doubles(state, owner, name, -1, -1);
        var support = new SupportRows(tensor.Shape[0], tensor.Shape[1], single);
        for (var r = 0; r < support.Count; r++)
        {
            if (tensor.Data is float[] singles) singles.AsSpan(r * support.Columns, support.Columns).CopyTo(support.Single(r));
            else ((double[])tensor.Data).AsSpan(r * support.Columns, support.Columns).CopyTo(support.Wide(r));
        }

        return support.Measured(threads: 1);
    }

    /// <summary>
    /// Writes the scalar product of each of <paramref name="count"/> rows with each of these: <c>[count, Count]</c>.
    /// </summary>
    public void Products(double* rows, int count, double* products, int threads)
    {
        if (_wide != null)
        {
            Gemm.Run(count, Count, Columns, new(rows, Columns, 1), new(_wide, Columns, 1), products, Count, threads: threads);
            GC.KeepAlive(this);
            return;
        }

        var width = Math.Min(WideColumns, Columns);
        var chunk = new double[Count * width];
        fixed (double* support = chunk)
        {
            for (var from = 0; from < Columns; from += width)
            {
                var (first, steps) = (from, Math.Min(width, Columns - from));
                Serially.OrFor(threads, Count, 8, (start, end) =>
                {
                    for (var r = start; r < end; r++) Widen(r, first, chunk.AsSpan(r * width, steps));
                });
                Gemm.Run(count, Count, steps, new(rows + from, Columns, 1), new(support, width, 1), products, Count,
                    accumulate: from > 0, threads: threads);
            }
        }
    }

    private Span<float> Single(int row) => new(_single + (long)row * Columns, Columns);

    private Span<double> Wide(int row) => new(_wide + (long)row * Columns, Columns);

    private SupportRows Measured(int threads)
    {
        const int Part = 1024;
        Serially.OrFor(threads, Count, Math.Max(1, (1 << 16) / Columns), (from, to) =>
        {
            Span<double> part = stackalloc double[Part];
            for (var r = from; r < to; r++)
            {
                for (var column = 0; column < Columns; column += Part)
                {
                    var values = part[..Math.Min(Part, Columns - column)];
                    Widen(r, column, values);
                    Squares[r] += DotProduct.Of(values, values);
                }
            }
        });
        return this;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Widen(int row, int column, Span<double> values)
    {
        if (_single == null)
        {
            Wide(row).Slice(column, values.Length).CopyTo(values);
            return;
        }

        var from = _single + (long)row * Columns + column;
        for (var c = 0; c < values.Length; c++) values[c] = from[c];
        GC.KeepAlive(this);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow(ReadOnlySpan<double> from, Span<float> to)
    {
        for (var c = 0; c < from.Length; c++) to[c] = (float)from[c];
    }

    private static bool IsSingle(ReadOnlySpan<double> values)
    {
        foreach (var v in values)
        {
            if ((float)v != v) return false;
        }

        return true;
    }
}
