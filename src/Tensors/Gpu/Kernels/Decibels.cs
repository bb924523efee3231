using System.Runtime.CompilerServices;
using Engine.Tensors.Operators;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

// Decibels of rows [rows, N]: Factor·ln(max(Minimum, x)) - Offset, raised to the row's maximum minus the range. A row's maximum
// takes two steps: a group has the largest of each chunk of the row, and every group that maps a chunk the largest of those. The
// order does not matter to a maximum. Comparisons with NaN are false: it is passed over, and stays where it is. They choose
// between two values and guard no statement, since C# would jump over that on the opposite comparison, which ILGPU's OpenCL takes
// to be false of NaN too.

/// <summary>
/// Peaks [rows, Chunks] of x [rows, N], of whose row r the first Counts[r] values count; all, if there are no counts.
/// </summary>
internal struct ChunkPeaks : IKernel
{
    public int N, Chunk, Chunks;

    /// <summary>Not 0: the values are amplitudes, whose size counts.</summary>
    public int Amplitude;

    public ArrayView<float> X;
    public ArrayView<int> Counts;
    public ArrayView<float> Peaks;

    public readonly void Run()
    {
        var shared = SharedMemory.Allocate<float>(Team.Group);
        int item = Group.IdxX, row = Grid.IdxX / Chunks, first = (Grid.IdxX - row * Chunks) * Chunk;
        var counted = Counts.Length == 0 ? N : Counts[row];
        if (counted < 0) counted = 0;
        var end = counted - first < Chunk ? counted - first : Chunk;
        if (N - first < end) end = N - first;
        var start = row * N + first;
        var peak = float.NegativeInfinity;
        for (var i = item; i < end; i += Team.Group)
        {
            var value = X[start + i];
            if (Amplitude != 0) value = MathF.Abs(value);
            peak = value > peak ? value : peak;
        }

        peak = Team.Max(shared, peak, item, item, Team.Group);
        if (item == 0) Peaks[Grid.IdxX] = peak;
    }
}

/// <summary>Result [rows, N] in decibels of x, which may be the result. Peaks are empty where nothing depends on them.</summary>
internal struct DecibelsOfRows : IKernel
{
    public int N, Chunk, Chunks, Amplitude;
    public float Minimum, Factor, Offset;

    /// <summary>Not 0: the reference is the row's maximum, and not in Offset.</summary>
    public int OwnReference;

    /// <summary>Decibels kept below the row's maximum; below 0: nothing is raised.</summary>
    public float Range;

    public ArrayView<float> X, Peaks, Result;

    public readonly void Run()
    {
        var shared = SharedMemory.Allocate<float>(Team.Group);
        int item = Group.IdxX, row = Grid.IdxX / Chunks, first = (Grid.IdxX - row * Chunks) * Chunk;
        var peak = float.NegativeInfinity;
        if (Peaks.Length != 0)
        {
            for (var i = item; i < Chunks; i += Team.Group)
            {
                var value = Peaks[row * Chunks + i];
                peak = value > peak ? value : peak;
            }
        }

        peak = Team.Max(shared, peak, item, item, Team.Group);
        var offset = OwnReference != 0 ? Level(peak > 0 ? peak : 0, 0) : Offset;
        var lowest = Range < 0 ? float.NegativeInfinity : Level(peak, offset) - Range;
        var end = N - first < Chunk ? N - first : Chunk;
        var start = row * N + first;
        for (var i = item; i < end; i += Team.Group)
        {
            var value = X[start + i];
            value = Level(Amplitude != 0 ? MathF.Abs(value) : value, offset);
            Result[start + i] = value < lowest ? lowest : value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float Level(float x, float offset) => Factor * ScalarMath.Log(Team.MaxOrNaN(x, Minimum)) - offset;
}
