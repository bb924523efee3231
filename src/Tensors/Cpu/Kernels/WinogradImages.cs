using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Images [N, C, H, W] that are read in tiles and transformed, sixteen tiles of a channel at a time. Rows are read where they are
/// and transformed downwards as they lie; only then do columns become lanes (see <see cref="WinogradLanes"/>), for the transform
/// across. A quad that reaches over an edge is first copied, with zeros for what lies outside.
/// </summary>
/// <param name="Data">The first image.</param>
/// <param name="Channels">C.</param>
/// <param name="Height">H.</param>
/// <param name="Width">W.</param>
/// <param name="Top">Rows of zeros above the image; negative if its first rows are skipped.</param>
/// <param name="Left">Columns of zeros to its left, likewise.</param>
internal readonly unsafe record struct WinogradImages(nint Data, int Channels, int Height, int Width, int Top, int Left)
{
    /// <summary>Floats of scratch memory that a transform needs.</summary>
    public const int ScratchSize = Winograd.Size * (QuadsPitch + Winograd.Lanes + EdgePitch);

    // A row of four quads, and of a copied one with the two columns after it.
    private const int QuadsPitch = WinogradGrid.Quad * Winograd.Lanes;
    private const int EdgePitch = 2 * Winograd.Lanes;

    /// <summary>Transforms the inputs of <paramref name="count"/> quads from <paramref name="first"/>, some channels of each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void TransformInputs(
        WinogradGrid grid, int first, int count, int channel, int channels, WinogradPoints points, float* scratch)
    {
        float* rows = scratch, ends = rows + Winograd.Size * QuadsPitch, edge = ends + Winograd.Size * Winograd.Lanes;
        new Span<float>(ends, Winograd.Size * Winograd.Lanes).Clear();
        var quads = stackalloc Quad[count + WinogradGrid.Quad - 1];
        var vectors = Find(grid, first, count, Winograd.Size, 2, quads);

        // Channels outermost, so that each row is read on from where it was left.
        for (var c = 0; c < channels; c++)
        {
            for (var vector = 0; vector < vectors; vector++)
            {
                for (var q = 0; q < WinogradGrid.Quad; q++)
                {
                    var from = Read(quads[vector * WinogradGrid.Quad + q], channel + c, Winograd.Size, 2, edge, out var pitch);
                    for (var i = 0; i < Winograd.Size; i++)
                        *(double*)(ends + i * Winograd.Lanes + 4 * q) = *(double*)(from + i * pitch + Winograd.Lanes);
                    Winograd.Input(from, pitch, rows + q * Winograd.Lanes, QuadsPitch);
                }

                Winograd.Input(ends, Winograd.Lanes, ends, Winograd.Lanes);
                var to = points.At(vector, c);
                for (var i = 0; i < Winograd.Size; i++, to += Winograd.Size * WinogradPoints.Point)
                {
                    var end = Vector512.Load(ends + i * Winograd.Lanes);
                    var (d0, d1, d2, d3) = Columns(rows + i * QuadsPitch);
                    Winograd.Input(d0, d1, d2, d3, WinogradLanes.Next(d0, end, false), WinogradLanes.Next(d1, end, true), to,
                        WinogradPoints.Point);
                }
            }
        }
    }

    /// <summary>
    /// Transforms the gradients of quads, and adds those of each channel to <paramref name="sums"/>, sixteen for each.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void TransformGradients(
        WinogradGrid grid, int first, int count, int channel, int channels, WinogradPoints points, float* scratch, float* sums)
    {
        float* rows = scratch, edge = rows + Winograd.Size * (QuadsPitch + Winograd.Lanes);
        var quads = stackalloc Quad[count + WinogradGrid.Quad - 1];
        var vectors = Find(grid, first, count, Winograd.Step, 0, quads);
        for (var c = 0; c < channels; c++)
        {
            var sum = Vector512.Load(sums + c * Winograd.Lanes);
            for (var vector = 0; vector < vectors; vector++)
            {
                for (var q = 0; q < WinogradGrid.Quad; q++)
                {
                    var from = Read(quads[vector * WinogradGrid.Quad + q], channel + c, Winograd.Step, 0, edge, out var pitch);
                    Vector512<float> g0 = Vector512.Load(from), g1 = Vector512.Load(from + pitch);
                    Vector512<float> g2 = Vector512.Load(from + 2 * pitch), g3 = Vector512.Load(from + 3 * pitch);
                    sum += g0 + g1 + (g2 + g3);
                    Winograd.Gradient(g0, g1, g2, g3, rows + q * Winograd.Lanes, QuadsPitch);
                }

                var to = points.At(vector, c);
                for (var i = 0; i < Winograd.Size; i++, to += Winograd.Size * WinogradPoints.Point)
                {
                    var (g0, g1, g2, g3) = Columns(rows + i * QuadsPitch);
                    Winograd.Gradient(g0, g1, g2, g3, to, WinogradPoints.Point);
                }
            }

            sum.Store(sums + c * Winograd.Lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> D0, Vector512<float> D1, Vector512<float> D2, Vector512<float> D3) Columns(float* row) =>
        WinogradLanes.Transpose(Vector512.Load(row), Vector512.Load(row + Winograd.Lanes), Vector512.Load(row + 2 * Winograd.Lanes),
            Vector512.Load(row + 3 * Winograd.Lanes));

    // Where a quad is read: in the image, or in a copy of it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float* Read(in Quad quad, int channel, int rows, int more, float* edge, out nint pitch)
    {
        var from = (float*)Data + quad.Offset + (nint)channel * Height * Width;
        pitch = Width;
        if (quad.Inside) return from;
        Copy(quad, from, rows, more, edge);
        pitch = EdgePitch;
        return edge;
    }

    // Finds quads, whole vectors of them; those beyond the last have no rows. Returns how many vectors.
    private int Find(WinogradGrid grid, int first, int count, int rows, int more, Quad* quads)
    {
        var vectors = (count + WinogradGrid.Quad - 1) / WinogradGrid.Quad;
        for (var i = 0; i < vectors * WinogradGrid.Quad; i++)
        {
            if (i >= count)
            {
                quads[i] = new Quad(0, Height, 0, false);
                continue;
            }

            var (image, row, column) = grid.At(first + i);
            (row, column) = (row - Top, column - Left);
            quads[i] = new Quad((nint)image * Channels * Height * Width + (nint)row * Width + column, row, column,
                row >= 0 && row + rows <= Height && column >= 0 && column + Winograd.Lanes + more <= Width);
        }

        return vectors;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Copy(in Quad quad, float* from, int rows, int more, float* edge)
    {
        var lanes = Vector512<uint>.Indices + Vector512.Create((uint)quad.Column);
        var inside = Vector512.LessThan(lanes, Vector512.Create((uint)Width)).AsSingle();
        for (var i = 0; i < rows; i++, from += Width, edge += EdgePitch)
        {
            var y = quad.Row + i;
            var exists = (uint)y < (uint)Height;
            Load(from, exists ? inside : default).Store(edge);
            for (var j = 0; j < more; j++)
            {
                var x = quad.Column + Winograd.Lanes + j;
                edge[Winograd.Lanes + j] = exists && (uint)x < (uint)Width ? from[Winograd.Lanes + j] : 0;
            }
        }
    }

    // What is masked out is not read.
    private static Vector512<float> Load(float* from, Vector512<float> mask)
    {
        if (Avx512F.IsSupported) return Avx512F.MaskLoad(from, mask, default);
        var values = stackalloc float[Winograd.Lanes];
        for (var i = 0; i < Winograd.Lanes; i++) values[i] = mask.AsUInt32()[i] == 0 ? 0 : from[i];
        return Vector512.Load(values);
    }

    // The first row and column read, perhaps outside the image, and their place in its channel 0.
    private readonly record struct Quad(nint Offset, int Row, int Column, bool Inside);
}
