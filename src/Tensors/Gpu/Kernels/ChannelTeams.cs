using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// How the channels of a tensor [N, C, L] are reduced. A channel's <see cref="Size"/> = N·L values are counted through: number j
/// is x[j / L, c, j % L]. They are cut into chunks whose length depends on the shape alone; a group has so many neighbouring
/// columns (channels), a power of two, and so many lanes for the chunk of each.
/// </summary>
internal struct ChannelTeams
{
    public int Size, Channels, Length, Blocks, Chunks, Chunk;
    public int Columns, ColumnBits, Lanes, LaneBits;

    // From one value of a lane to the next: in its run of L values, and in x; and what is added where the run is over.
    private int _stepAt, _stepElement, _nextRun;

    public ChannelTeams(int n, int channels, int length, GpuTeams teams)
    {
        (Size, Channels, Length) = (n * length, channels, length);
        (Columns, ColumnBits) = (teams.Columns, int.Log2(teams.Columns));
        (Lanes, LaneBits) = (teams.Lanes, int.Log2(teams.Lanes));
        (Blocks, Chunk, Chunks) = ((channels + teams.Columns - 1) / teams.Columns, teams.Chunk, teams.Chunks(Size));
        if (Size == 0) return;
        _stepAt = Lanes % length;
        _stepElement = Lanes / length * channels * length + _stepAt;
        _nextRun = (channels - 1) * length;
    }

    /// <summary>
    /// A lane's values of its chunk: <c>for (var walk = teams.Walk(part); walk.Left &gt; 0; walk = teams.Next(walk))</c>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ChannelWalk Walk(ChannelPart part)
    {
        var first = part.From + part.Lane;
        var at = first % Length;
        return new()
        {
            Element = (first / Length * Channels + part.Channel) * Length + at,
            At = at,
            Left = part.Channel < Channels ? part.Count - part.Lane + Lanes - 1 >> LaneBits : 0,
        };
    }

    /// <summary>To the next value, without a division, which would cost more than the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ChannelWalk Next(ChannelWalk walk)
    {
        var at = walk.At + _stepAt;
        var isInRun = at < Length;
        return new()
        {
            Element = walk.Element + _stepElement + (isInRun ? 0 : _nextRun),
            At = at - (isInRun ? 0 : Length),
            Left = walk.Left - 1,
        };
    }
}

/// <summary>Where a work item stands: lane, channel, and the chunk with its first value and their number.</summary>
internal readonly struct ChannelPart
{
    public readonly int Item, Lane, Channel, Part, From, Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ChannelPart(ChannelTeams teams)
    {
        Item = Group.IdxX;
        Lane = Item >> teams.ColumnBits;
        Part = Grid.IdxX / teams.Blocks;
        Channel = (Grid.IdxX - Part * teams.Blocks) * teams.Columns + (Item & teams.Columns - 1);
        From = Part * teams.Chunk;
        Count = Math.Min(teams.Size - From, teams.Chunk);
    }
}

/// <summary>A value of a lane: its element of x, its place in its run, and how many are left with it.</summary>
internal struct ChannelWalk
{
    public int Element, At, Left;
}
