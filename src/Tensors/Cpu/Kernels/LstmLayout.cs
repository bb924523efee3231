namespace Engine.Tensors.Cpu.Kernels;

/// <summary>N sequences of T steps with F features through H units, forwards or backwards in time.</summary>
internal readonly record struct SequenceSizes(int Batch, int Steps, int Features, int Units, bool Reverse)
{
    /// <summary>The point in time of the given step.</summary>
    public int Time(int step) => Reverse ? Steps - 1 - step : step;
}

/// <summary>
/// The LSTM's columns, reordered so that one task holds all four gates of its units: blocks of 16 units, each with its i, f, g
/// and o columns side by side (64 columns). The units are padded to whole blocks; padded weights are zero, so padded units stay
/// at zero. The history holds the gates and the cell states: [N, T, 4·Hp + Hp], with Hp padded units.
/// </summary>
internal static unsafe class LstmLayout
{
    /// <summary>Units of a block: one vector.</summary>
    public const int Block = 16;

    /// <summary>Columns of a block, four gates.</summary>
    public const int Columns = 4 * Block;

    /// <summary>Units rounded up to whole blocks.</summary>
    public static int Padded(int units) => (units + Block - 1) / Block * Block;

    /// <summary>Copies rows [4H, width] in PyTorch's order, gate by gate, to rows [4Hp, width] in ours.</summary>
    public static void Reorder(float* source, int units, int width, float* target) => ForRows(units, (plain, ordered) =>
    {
        var to = new Span<float>(target + (long)ordered * width, width);
        if (plain < 0) to.Clear();
        else new Span<float>(source + (long)plain * width, width).CopyTo(to);
    });

    /// <summary>The reverse of <see cref="Reorder"/>; padded rows are dropped.</summary>
    public static void Restore(float* source, int units, int width, float* target) => ForRows(units, (plain, ordered) =>
    {
        if (plain >= 0)
            new Span<float>(source + (long)ordered * width, width).CopyTo(new Span<float>(target + (long)plain * width, width));
    });

    private static void ForRows(int units, Action<int, int> body)
    {
        for (var ordered = 0; ordered < 4 * Padded(units); ordered++)
        {
            var (block, gate, lane) = (ordered / Columns, ordered % Columns / Block, ordered % Block);
            var unit = block * Block + lane;
            body(unit < units ? gate * units + unit : -1, ordered);
        }
    }
}

/// <summary>The rows of a batch cut into register tiles, in groups of some 36 rows.</summary>
internal sealed class RowTiles<TRow>
    where TRow : struct, ITileRow<TRow, float>
{
    private const int GroupRows = 36;

    public RowTiles(int rows)
    {
        var tiles = new List<(int Row, int Count, int Height, int Padded)>();
        var padded = 0;
        for (int row = 0, height; row < rows; row += height)
        {
            height = GemmTile<float, TRow>.Height(rows - row);
            tiles.Add((row, Math.Min(height, rows - row), height, padded));
            padded += height;
        }

        (All, PaddedRows) = ([.. tiles], padded);
        Groups = [.. tiles.GroupBy(t => t.Row / GroupRows).Select(g => g.ToArray())];
    }

    /// <summary>First row, real rows, height, and first row if every tile before has its full height.</summary>
    public (int Row, int Count, int Height, int Padded)[] All { get; }

    /// <summary>The same, in groups that tasks take.</summary>
    public (int Row, int Count, int Height, int Padded)[][] Groups { get; }

    /// <summary>Rows if every tile has its full height.</summary>
    public int PaddedRows { get; }
}
