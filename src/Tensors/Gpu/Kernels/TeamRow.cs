using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>A team of lanes, a power of two, for each row of [rows, n] (<see cref="Team"/>).</summary>
internal struct RowTeams
{
    public int Rows, N, Lanes, LaneBits;
}

/// <summary>
/// A team's row and a work item's share of it: the elements <c>First + i</c> for <c>i = Lane; i &lt; End; i += Lanes</c>. Lanes
/// beyond the last row have none. Shifts instead of divisions: ILGPU moves what a loop uses into the loop.
/// </summary>
internal readonly struct TeamRow
{
    public readonly int Item, Lane, Row, First, End;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TeamRow(RowTeams teams)
    {
        Item = Group.IdxX;
        Lane = Item & teams.Lanes - 1;
        Row = Grid.IdxX * (Team.Group >> teams.LaneBits) + (Item >> teams.LaneBits);
        First = Row < teams.Rows ? Row * teams.N : 0;
        End = Row < teams.Rows ? teams.N : 0;
    }
}
