using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Dsp.Fft;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Sixteen pieces of series in memory, which <see cref="SeriesFft"/> needs side by side: pieces and samples are transposed, eight
/// by eight. A stride of s takes s batches, one for each phase n mod s; a table gives each sample's place, so splitting and
/// joining the phases costs nothing.
/// </summary>
internal unsafe struct SeriesBatch
{
    private const int Side = Transpose8.Side;

    private static readonly ConcurrentDictionary<(int Length, int Stride), int[]> s_places = [];

    private fixed long _pieces[SeriesFft.Lanes];
    private fixed int _from[SeriesFft.Lanes];
    private fixed int _to[SeriesFft.Lanes];

    /// <summary>
    /// Where sample n, counted before splitting by the stride, lies in the phases' buffers, with some extra entries for the last
    /// vectors.
    /// </summary>
    public static int[] Places(SeriesFft fft, int stride) => s_places.GetOrAdd((fft.Length, stride), static key =>
    {
        var fft = SeriesFft.Of(key.Length);
        var places = new int[key.Length * key.Stride + Side];
        for (var n = 0; n < places.Length; n++)
        {
            var sample = Math.Min(n, key.Length * key.Stride - 1);
            places[n] = sample % key.Stride * fft.BatchLength + fft.Place(sample / key.Stride);
        }

        return places;
    });

    /// <summary>
    /// Sets where a lane's piece starts and which of its samples exist; the others are read as zero and not written.
    /// </summary>
    public void Set(int lane, float* piece, long from, long to)
    {
        _pieces[lane] = (long)piece;
        _from[lane] = (int)Math.Clamp(from, 0, int.MaxValue);
        _to[lane] = (int)Math.Clamp(to, 0, int.MaxValue);
    }

    /// <summary>Copies all samples of each piece to their places.</summary>
    public readonly void Load(int[] table, float* buffer)
    {
        fixed (int* places = table) Load(places, table.Length - Side, buffer);
    }

    /// <summary>
    /// Writes <paramref name="count"/> samples of each piece, starting from sample <paramref name="skip"/>: scaled, with the bias
    /// added, and negatives cut to zero if <paramref name="relu"/>.
    /// </summary>
    public readonly void Store(int[] table, int skip, int count, float* buffer, float scale, float bias, bool relu)
    {
        fixed (int* places = table) Store(places + skip, count, buffer, scale, bias, relu);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Load(int* places, int count, float* buffer)
    {
        var edge = stackalloc float[Side * Side];
        var rows = stackalloc float*[Side];
        for (var first = 0; first < SeriesFft.Lanes; first += Side, buffer += Side)
        {
            var (allFrom, allTo, anyFrom, anyTo) = Range(first);
            for (var n = 0; n < count; n += Side)
            {
                if (n >= anyTo || n + Side <= anyFrom)
                {
                    for (var i = 0; i < Side; i++) Vector256<float>.Zero.Store(buffer + places[n + i]);
                    continue;
                }

                var whole = n >= allFrom && n + Side <= allTo;
                for (var i = 0; i < Side; i++) rows[i] = whole ? (float*)_pieces[first + i] + n : edge + i * Side;
                if (!whole)
                {
                    for (var i = 0; i < Side; i++)
                    {
                        var (from, to) = (_from[first + i] - n, _to[first + i] - n);
                        for (var j = 0; j < Side; j++) rows[i][j] = j >= from && j < to ? ((float*)_pieces[first + i])[n + j] : 0;
                    }
                }

                Vector256<float> r0 = Vector256.Load(rows[0]), r1 = Vector256.Load(rows[1]), r2 = Vector256.Load(rows[2]),
                r3 = Vector256.Load(rows[3]);
                Vector256<float> r4 = Vector256.Load(rows[4]), r5 = Vector256.Load(rows[5]), r6 = Vector256.Load(rows[6]),
                r7 = Vector256.Load(rows[7]);
                Transpose8.Run(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
                r0.Store(buffer + places[n]);
                r1.Store(buffer + places[n + 1]);
                r2.Store(buffer + places[n + 2]);
                r3.Store(buffer + places[n + 3]);
                r4.Store(buffer + places[n + 4]);
                r5.Store(buffer + places[n + 5]);
                r6.Store(buffer + places[n + 6]);
                r7.Store(buffer + places[n + 7]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Store(int* places, int count, float* buffer, float scale, float bias, bool relu)
    {
        var edge = stackalloc float[Side * Side];
        var rows = stackalloc float*[Side];
        var (scales, biases) = (Vector256.Create(scale), Vector256.Create(bias));
        for (var first = 0; first < SeriesFft.Lanes; first += Side, buffer += Side)
        {
            var (allFrom, allTo, anyFrom, anyTo) = Range(first);
            (allTo, anyTo) = (Math.Min(allTo, count), Math.Min(anyTo, count));
            for (var n = 0; n < anyTo; n += Side)
            {
                if (n + Side <= anyFrom) continue;
                Vector256<float> r0 = Value(0), r1 = Value(1), r2 = Value(2), r3 = Value(3), r4 = Value(4), r5 = Value(5),
                r6 = Value(6), r7 = Value(7);
                Transpose8.Run(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
                var whole = n >= allFrom && n + Side <= allTo;
                for (var i = 0; i < Side; i++) rows[i] = whole ? (float*)_pieces[first + i] + n : edge + i * Side;
                r0.Store(rows[0]);
                r1.Store(rows[1]);
                r2.Store(rows[2]);
                r3.Store(rows[3]);
                r4.Store(rows[4]);
                r5.Store(rows[5]);
                r6.Store(rows[6]);
                r7.Store(rows[7]);
                if (whole) continue;
                for (var i = 0; i < Side; i++)
                {
                    var (from, to) = (Math.Max(0, _from[first + i] - n), Math.Min(Side, Math.Min(_to[first + i], count) - n));
                    for (var j = from; j < to; j++) ((float*)_pieces[first + i])[n + j] = rows[i][j];
                }

                [MethodImpl(MethodImplOptions.AggressiveInlining)]
                Vector256<float> Value(int i)
                {
                    var value = Vector256.FusedMultiplyAdd(Vector256.Load(buffer + places[n + i]), scales, biases);
                    // Max would turn NaN into 0; the select keeps it, because NaN < 0 is false.
                    return relu ? Vector256.ConditionalSelect(Vector256.LessThan(value, default), default, value) : value;
                }
            }
        }
    }

    // The samples that all of the eight lanes have, and those that any of them has.
    private readonly (int AllFrom, int AllTo, int AnyFrom, int AnyTo) Range(int first)
    {
        var range = (AllFrom: 0, AllTo: int.MaxValue, AnyFrom: int.MaxValue, AnyTo: 0);
        for (var lane = first; lane < first + Side; lane++)
        {
            range.AllFrom = Math.Max(range.AllFrom, _from[lane]);
            range.AllTo = Math.Min(range.AllTo, _to[lane]);
            if (_from[lane] >= _to[lane]) continue;
            range.AnyFrom = Math.Min(range.AnyFrom, _from[lane]);
            range.AnyTo = Math.Max(range.AnyTo, _to[lane]);
        }

        return range;
    }
}
