using System.Runtime.CompilerServices;
using Engine.Classifiers.Numerics;
using Engine.Tensors.Serialization;

namespace Engine.Classifiers.Svm;

/// <summary>
/// Support vectors, kept in single precision where that loses nothing: pictures and waves are single-precision numbers to begin
/// with, and their rows are the long ones. Immutable.
/// </summary>
internal sealed class SupportRows
{
    // Columns that are widened at a time for a product; the product sums in this order anyway.
    private const int WideColumns = 4096;

    private readonly double[]? _wide;
    private readonly float[]? _single;

    private SupportRows(int count, int columns, double[]? wide, float[]? single)
    {
        (Count, Columns, _wide, _single) = (count, columns, wide, single);
        Squares = new double[count];
        var row = new double[columns];
        for (var r = 0; r < count; r++)
        {
            Widen(r, 0, row);
            Squares[r] = DotProduct.Of(row, row);
        }
    }

    /// <summary>How many.</summary>
    public int Count { get; }

    /// <summary>Values of each.</summary>
    public int Columns { get; }

    /// <summary>Their squared lengths.</summary>
    public double[] Squares { get; }

    /// <summary>A copy of some rows of <paramref name="x"/>.</summary>
    public static SupportRows Of(FeatureMatrix x, int[] rows, int threads)
    {
        var single = GC.AllocateUninitializedArray<float>(rows.Length * x.Columns);
        var lossy = false;
        Serially.OrFor(threads, rows.Length, Math.Max(1, (1 << 16) / x.Columns), (from, to) =>
        {
            for (var r = from; r < to && !Volatile.Read(ref lossy); r++)
            {
                if (!Narrow(x.Row(rows[r]), single.AsSpan(r * x.Columns, x.Columns))) Volatile.Write(ref lossy, true);
            }
        });
        return lossy ? new SupportRows(rows.Length, x.Columns, x.Select(rows).Data, null) : new SupportRows(rows.Length, x.Columns, null, single);
    }

    /// <summary>The rows as a tensor <c>[Count, Columns]</c> to store: F32 if that loses nothing, else F64.</summary>
    public StoredTensor ToTensor() => new(_single ?? (Array)_wide!, Count, Columns);

    /// <summary>Restores what <see cref="ToTensor"/> gave.</summary>
    /// <exception cref="EngineException">The tensor is missing, of another type or not of two axes, or a value is not finite.</exception>
    public static SupportRows FromState(IReadOnlyDictionary<string, StoredTensor> state, string owner, string name)
    {
        var isSingle = state.TryGetValue(name, out var stored) && stored.Data is float[];
        var tensor = isSingle ? State.Singles(state, owner, name, -1, -1) : State.Doubles(state, owner, name, -1, -1);
        return new SupportRows(tensor.Shape[0], tensor.Shape[1], tensor.Data as double[], tensor.Data as float[]);
    }

    /// <summary>Writes the scalar product of each of <paramref name="count"/> rows with each of these: <c>[count, Count]</c>.</summary>
    public unsafe void Products(double* rows, int count, double* products, int threads)
    {
        if (_wide is not null)
        {
            fixed (double* support = _wide)
            {
                MatrixProduct.Run(count, Count, Columns, new(rows, Columns, 1), new(support, Columns, 1), products, Count, threads: threads);
            }

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
                MatrixProduct.Run(count, Count, steps, new(rows + from, Columns, 1), new(support, width, 1), products, Count, accumulate: from > 0, threads: threads);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Widen(int row, int column, Span<double> values)
    {
        var start = row * Columns + column;
        if (_single is null) _wide.AsSpan(start, values.Length).CopyTo(values);
        else for (var c = 0; c < values.Length; c++) values[c] = _single[start + c];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Narrow(ReadOnlySpan<double> from, Span<float> to)
    {
        for (var c = 0; c < from.Length; c++)
        {
            to[c] = (float)from[c];
            if (to[c] != from[c]) return false;
        }

        return true;
    }
}
