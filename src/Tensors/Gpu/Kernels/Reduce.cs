using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// result [outer, chunks, inner] = the sums over chunks of the middle axis of x [outer, reduced, inner]. What is too long for
/// one group is cut into chunks, whose length depends on the shape alone, and the next launch sums the chunks' results. An item
/// has a column (of inner) and a lane (of the chunk's rows): <see cref="Columns"/> neighbours in memory, then
/// <see cref="Lanes"/> rows, then outer indices share a group (<see cref="GpuTeams"/>). Groups are counted column blocks first,
/// then chunks, then blocks of outer.
/// </summary>
internal struct SumMiddle : IKernel
{
    public int Outer, Reduced, Inner, Columns, Lanes, Chunk;
    public ArrayView<float> X, Result;

    public readonly void Run()
    {
        var sums = SharedMemory.Allocate<float>(Team.Group);
        int item = Group.IdxX, lane = item / Columns % Lanes, team = item / Columns / Lanes;
        int blocks = (Inner + Columns - 1) / Columns, chunks = (Reduced - 1) / Chunk + 1;
        var column = Grid.IdxX % blocks * Columns + item % Columns;
        var part = Grid.IdxX / blocks % chunks;
        var outer = Grid.IdxX / blocks / chunks * (Team.Group / Columns / Lanes) + team;
        var isThere = outer < Outer && column < Inner;
        var value = 0f;
        if (isThere)
        {
            int from = part * Chunk, to = Reduced - from < Chunk ? Reduced : from + Chunk;
            value = StridedSum(outer * Reduced * Inner + column, (uint)(from + lane), (uint)to);
        }

        value = Team.Sum(sums, value, item, lane, Lanes, Columns);
        if (isThere && lane == 0) Result[(outer * chunks + part) * Inner + column] = value;
    }

    // Every Lanes-th element, Inner apart, in four sums, so that four loads are under way at a time. Unsigned, because the last
    // step may go beyond 2³¹.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float StridedSum(int first, uint from, uint to)
    {
        uint stride = (uint)Inner, step = (uint)Lanes;
        float a = 0, b = 0, c = 0, d = 0;
        uint i = from, last = to > 3 * step ? to - 3 * step : 0;
        for (; i < last; i += 4 * step)
        {
            a += X[first + (int)(i * stride)];
            b += X[first + (int)((i + step) * stride)];
            c += X[first + (int)((i + 2 * step) * stride)];
            d += X[first + (int)((i + 3 * step) * stride)];
        }

        for (; i < to; i += step) a += X[first + (int)(i * stride)];
        return (a + b) + (c + d);
    }
}

/// <summary>
/// The maximum of each chunk of x [rows, n] and the place of its first occurrence, both [rows, chunks]. Places are columns, or
/// what <see cref="Places"/> says of them: the columns of an earlier launch. Either result may be absent. A team has a row's
/// chunk.
/// </summary>
internal struct MaxOfRows : IKernel
{
    public int Rows, N, Lanes, Chunk;
    public ArrayView<float> X, Values;
    public ArrayView<int> Places, Indices;

    public readonly void Run()
    {
        var best = SharedMemory.Allocate<float>(Team.Group);
        var bestAt = SharedMemory.Allocate<int>(Team.Group);
        int item = Group.IdxX, lane = item % Lanes;
        var chunks = (N - 1) / Chunk + 1;
        int part = Grid.IdxX % chunks, row = Grid.IdxX / chunks * (Team.Group / Lanes) + item / Lanes;

        // A lane without an element loses against any.
        var max = float.NegativeInfinity;
        var at = N;
        if (row < Rows)
        {
            int start = part * Chunk, end = N - start < Chunk ? N : start + Chunk;
            for (var i = (uint)(start + lane); i < (uint)end; i += (uint)Lanes)
            {
                var value = X[row * N + (int)i];
                var isBetter = GoesBefore(value, (int)i, max, at);
                max = isBetter ? value : max;
                at = isBetter ? (int)i : at;
            }
        }

        best[item] = max;
        bestAt[item] = at;
        for (var half = Lanes / 2; half > 0; half /= 2)
        {
            Group.Barrier();
            var other = item + half;
            if (lane < half && GoesBefore(best[other], bestAt[other], best[item], bestAt[item]))
            {
                best[item] = best[other];
                bestAt[item] = bestAt[other];
            }
        }

        if (row >= Rows || lane != 0) return;
        if (Values.Length != 0) Values[row * chunks + part] = best[item];
        if (Indices.Length == 0) return;
        var place = bestAt[item];
        if (Places.Length != 0) place = Places[row * N + place];
        Indices[row * chunks + part] = place;
    }

    // Whether value v at place i goes before the value w at place j: NaN first, then the larger, then the earlier.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool GoesBefore(float v, int i, float w, int j) =>
        float.IsNaN(v) ? float.IsNaN(w) ? i < j : true : v > w || (v == w && i < j);
}

/// <summary>target [rows, n] = 0, except target[r, indices[r]] = values[r]; a row whose index is no column is NaN.</summary>
internal struct ScatterToRows : IKernel
{
    public int Count;
    public Divisor N;
    public ArrayView<float> Values, Target;
    public ArrayView<int> Indices;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step)
        {
            int row = N.Divide((int)i), column = (int)i - row * N.Value, index = Indices[row];
            var elsewhere = index >= 0 && index < N.Value ? 0 : float.NaN;
            Target[i] = column == index ? Values[row] : elsewhere;
        }
    }
}
