using System.Numerics;

namespace Engine.Tensors.Gpu;

/// <summary>
/// How a group of 256 work items shares a reduction of [outer, reduced, inner] over its middle axis
/// (<see cref="Kernels.Team"/>): so many neighbours of inner, so many lanes for each, and as many outer indices as are
/// left. All are powers of two, and depend on the shape alone, like the bits of the result.
/// </summary>
internal readonly record struct GpuTeams
{
    /// <summary>Work items of a group.</summary>
    public const int Group = 256;

    // A full line of memory; and how many elements a lane gets before there is another lane, and before there is another chunk.
    private const int Line = 32;
    private const int Few = 4;
    private const int Many = 16;

    private GpuTeams(int columns, int lanes) => (Columns, Lanes) = (columns, lanes);

    /// <summary>Neighbours of inner.</summary>
    public int Columns { get; }

    /// <summary>Items that reduce together.</summary>
    public int Lanes { get; }

    /// <summary>Outer indices.</summary>
    public int Outer => Group / Columns / Lanes;

    /// <summary>Elements of the reduced axis that one group takes.</summary>
    public int Chunk => Lanes * Many;

    /// <summary>The teams for rows of <paramref name="n"/>.</summary>
    public static GpuTeams ForRows(int n) => For(n, 1);

    /// <summary>The teams for [outer, <paramref name="reduced"/>, <paramref name="inner"/>].</summary>
    public static GpuTeams For(int reduced, int inner)
    {
        var columns = PowerOfTwo(Math.Min(inner, Line));
        var lanes = Math.Min(PowerOfTwo((int)((reduced + (Few - 1L)) / Few)), Group / columns);
        return new(Math.Min(PowerOfTwo(Math.Min(inner, Group)), Group / lanes), lanes);
    }

    /// <summary>The same for kernels that have no outer axis: the items that would serve it get more of inner.</summary>
    public static GpuTeams ForColumns(int reduced, int inner)
    {
        var lanes = For(reduced, inner).Lanes;
        return new(Group / lanes, lanes);
    }

    /// <summary>Into how many chunks the reduced axis falls.</summary>
    public int Chunks(int reduced) => (int)((reduced + (Chunk - 1L)) / Chunk);

    // The next one from a number on.
    private static int PowerOfTwo(int least) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, least));
}
