using System.Numerics;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>target = source, whose words lie side by side in both and may be of either type.</summary>
internal struct CopyWords : IKernel
{
    public int Count;
    public ArrayView<uint> Source, Target;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step) Target[i] = Source[i];
    }
}

/// <summary>The same of four words at once.</summary>
internal struct CopyFours : IKernel
{
    public int Count;
    public ArrayView<F4> Source, Target;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step) Target[i] = Source[i];
    }
}

/// <summary>All elements of target = value.</summary>
internal struct FillFloats : IKernel
{
    public int Count;
    public float Value;
    public ArrayView<float> Target;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step) Target[i] = Value;
    }
}

/// <summary>The same, four elements at once.</summary>
internal struct FillFours : IKernel
{
    public int Count;
    public float Value;
    public ArrayView<F4> Target;

    public readonly void Run()
    {
        var fours = new F4(Value, Value, Value, Value);
        for (var i = Item.First; i < Count; i += Item.Step) Target[i] = fours;
    }
}

/// <summary>
/// target at Σ iₖ·tₖ = source at Σ iₖ·sₖ for all i of four axes. A work item copies a word: neighbours on the last axis lie side
/// by side in one of the two at least.
/// </summary>
internal struct CopyAxes : IKernel
{
    public int Count;
    public FourAxes Axes;
    public FourAxes.Strides SourceStrides, TargetStrides;
    public ArrayView<uint> Source, Target;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step)
        {
            var at = Axes.At((int)i);
            Target[TargetStrides.Element(at)] = Source[SourceStrides.Element(at)];
        }
    }
}

/// <summary>
/// Matrices whose rows lie side by side in the source and whose columns do in the target: target[r·<see cref="TargetRow"/> + c]
/// = source[r + c·<see cref="SourceColumn"/>], for each matrix of a batch [outer, inner] with strides of its own. A group turns
/// a tile in shared memory, so that both sides are read and written in whole lines; the tile's rows are one word longer than
/// they need be, or a column would lie in a single bank.
/// </summary>
internal struct TransposeTiles : IKernel
{
    /// <summary>Rows and columns of a tile.</summary>
    public const int Tile = 32;

    private const int Pitch = Tile + 1;
    private const int Lines = 8;

    public int Rows, Columns, Inner;
    public int SourceColumn, SourceOuter, SourceInner;
    public int TargetRow, TargetOuter, TargetInner;
    public ArrayView<uint> Source, Target;

    public readonly void Run()
    {
        var tile = SharedMemory.Allocate<uint>(Tile * Pitch);
        int x = Group.IdxX & (Tile - 1), line = Group.IdxX / Tile;
        int across = (Columns + Tile - 1) / Tile, down = (Rows + Tile - 1) / Tile;
        int column = Grid.IdxX % across * Tile, row = Grid.IdxX / across % down * Tile;
        int matrix = Grid.IdxX / across / down, outer = matrix / Inner, inner = matrix % Inner;
        var from = outer * SourceOuter + inner * SourceInner + row + x;
        for (var y = line; y < Tile; y += Lines)
        {
            if (row + x < Rows && column + y < Columns) tile[y * Pitch + x] = Source[from + (column + y) * SourceColumn];
        }

        Group.Barrier();
        var to = outer * TargetOuter + inner * TargetInner + column + x;
        for (var y = line; y < Tile; y += Lines)
        {
            if (row + y < Rows && column + x < Columns) Target[to + (row + y) * TargetRow] = tile[x * Pitch + y];
        }
    }
}

/// <summary>result[r] = source[indices[r]], rows of n out of <see cref="Rows"/>; NaN for a row that is not there.</summary>
internal struct GatherRows : IKernel
{
    public int Count, Rows;
    public Divisor N;
    public ArrayView<float> Source, Result;
    public ArrayView<int> Indices;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step)
        {
            int place = N.Divide((int)i), column = (int)i - place * N.Value, row = Indices[place];
            Result[i] = row >= 0 && row < Rows ? Source[row * N.Value + column] : float.NaN;
        }
    }
}

/// <summary>
/// target [.., n] = 0, then target[indices[r]] += source[r] in the order of r. A group owns 256 elements of the target; it reads
/// the indices in blocks of 256, notes those of its own rows in a bit each, and every item adds what is for its row.
/// </summary>
internal struct ScatterAddRows : IKernel
{
    private const int Block = 256;
    private const int Word = 32;

    public int Count, N, Rows;
    public ArrayView<float> Source, Target;
    public ArrayView<int> Indices;

    public readonly void Run()
    {
        var chosen = SharedMemory.Allocate<int>(Block);
        var mine = SharedMemory.Allocate<uint>(Block / Word);
        int item = Group.IdxX, start = Grid.IdxX * Block, element = start + item;
        int first = start / N, last = (start + (Block - 1)) / N;
        int row = element / N, column = element % N;
        var sum = 0f;
        for (var block = 0; block < Rows; block += Block)
        {
            chosen[item] = block + item < Rows ? Indices[block + item] : -1;
            Group.Barrier();
            if (item < Block / Word)
            {
                uint bits = 0;
                for (var bit = 0; bit < Word; bit++)
                {
                    var index = chosen[item * Word + bit];
                    if (index >= first && index <= last) bits |= 1u << bit;
                }

                mine[item] = bits;
            }

            Group.Barrier();
            for (var word = 0; word < Block / Word; word++)
            {
                for (var bits = mine[word]; bits != 0; bits &= bits - 1)
                {
                    var r = word * Word + 31 - BitOperations.LeadingZeroCount(bits & (0 - bits));
                    if (chosen[r] == row && element < Count) sum += Source[(block + r) * N + column];
                }
            }

            // Nobody writes the next block's indices while another still reads these.
            Group.Barrier();
        }

        if (element < Count) Target[element] = sum;
    }
}
