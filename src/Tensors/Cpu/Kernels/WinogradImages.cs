using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Images [N, C, H, W] that are read in tiles and transformed, sixteen tiles of a channel at a time. Rows are read where they are
/// and transformed downwards as they lie; only then do columns become lanes (see <see cref="WinogradLanes"/>), for the transform
/// across. A quad that reaches over an edge is first copied, with zeros for what lies outside; so are scattered tiles, one by
/// one, each with the two columns after it.
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
    public const int ScratchSize = 2 * Winograd.Size * CopyPitch + Winograd.Size * Winograd.Lanes;

    // A row of four quads, and one with the columns after each of its tiles.
    private const int QuadsPitch = WinogradGrid.Quad * Winograd.Lanes;
    private const int CopyPitch = 2 * QuadsPitch;

    /// <summary>
    /// Transforms the inputs of <paramref name="count"/> tiles from <paramref name="first"/>, some channels of each.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void TransformInputs(
        WinogradGrid grid, int first, int count, int channel, int channels, WinogradPoints points, float* scratch)
    {
        float* rows = scratch, copy = rows + Winograd.Size * CopyPitch, ends = copy + Winograd.Size * CopyPitch;
        new Span<float>(ends, Winograd.Size * Winograd.Lanes).Clear();
        var scattered = grid.IsScattered;
        var spots = stackalloc Spot[(count + Winograd.Lanes) / grid.Run];
        var vectors = Find(grid, first, count, Winograd.Size, 2, spots);

        // Channels outermost, so that each row is read on from where it was left.
        for (var c = 0; c < channels; c++)
        {
            for (var vector = 0; vector < vectors; vector++)
            {
                if (scattered)
                {
                    Gather(spots + vector * Winograd.Lanes, channel + c, Winograd.Size, 2, copy);
                    for (var q = 0; q < CopyPitch; q += Winograd.Lanes) Winograd.Input(copy + q, CopyPitch, rows + q, CopyPitch);
                }
                else
                {
                    for (var q = 0; q < WinogradGrid.Quad; q++)
                    {
                        var from = Read(
                            spots[vector * WinogradGrid.Quad + q], channel + c, Winograd.Size, 2, copy, out var pitch);
                        for (var i = 0; i < Winograd.Size; i++)
                            *(double*)(ends + i * Winograd.Lanes + 4 * q) = *(double*)(from + i * pitch + Winograd.Lanes);
                        Winograd.Input(from, pitch, rows + q * Winograd.Lanes, CopyPitch);
                    }

                    Winograd.Input(ends, Winograd.Lanes, ends, Winograd.Lanes);
                }

                var to = points.At(vector, c);
                for (var i = 0; i < Winograd.Size; i++, to += Winograd.Size * WinogradPoints.Point)
                {
                    var row = rows + i * CopyPitch;
                    var (d0, d1, d2, d3) = Columns(row);
                    Vector512<float> d4, d5;
                    if (scattered)
                    {
                        (d4, d5, _, _) = Columns(row + QuadsPitch);
                    }
                    else
                    {
                        var end = Vector512.Load(ends + i * Winograd.Lanes);
                        (d4, d5) = (WinogradLanes.Next(d0, end, false), WinogradLanes.Next(d1, end, true));
                    }

                    Winograd.Input(d0, d1, d2, d3, d4, d5, to, WinogradPoints.Point);
                }
            }
        }
    }

    /// <summary>
    /// Transforms the gradients of tiles, and adds those of each channel to <paramref name="sums"/>, sixteen for each.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void TransformGradients(
        WinogradGrid grid, int first, int count, int channel, int channels, WinogradPoints points, float* scratch, float* sums)
    {
        float* rows = scratch, copy = rows + Winograd.Size * CopyPitch;
        var scattered = grid.IsScattered;
        var spots = stackalloc Spot[(count + Winograd.Lanes) / grid.Run];
        var vectors = Find(grid, first, count, Winograd.Step, 0, spots);
        for (var c = 0; c < channels; c++)
        {
            var sum = Vector512.Load(sums + c * Winograd.Lanes);
            for (var vector = 0; vector < vectors; vector++)
            {
                if (scattered) Gather(spots + vector * Winograd.Lanes, channel + c, Winograd.Step, 0, copy);
                for (var q = 0; q < WinogradGrid.Quad; q++)
                {
                    float* from = copy + q * Winograd.Lanes;
                    nint pitch = CopyPitch;
                    if (!scattered)
                        from = Read(spots[vector * WinogradGrid.Quad + q], channel + c, Winograd.Step, 0, copy, out pitch);
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
        WinogradLanes.Transpose(
            Vector512.Load(row), Vector512.Load(row + Winograd.Lanes), Vector512.Load(row + 2 * Winograd.Lanes),
            Vector512.Load(row + 3 * Winograd.Lanes));

    // Where a quad is read: in the image, or in a copy of it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float* Read(in Spot spot, int channel, int rows, int more, float* copy, out nint pitch)
    {
        var plane = (nint)Height * Width;
        var from = (float*)Data + spot.Offset + channel * plane;
        pitch = Width;
        if (!spot.IsInside)
        {
            Copy(spot, from, rows, more, copy);
            pitch = CopyPitch;
            return copy;
        }

        // The processor does not see that the next channel follows. The rows above these have just been read.
        if (Sse.IsSupported)
        {
            var ahead = from + plane + (rows - Winograd.Step) * pitch + Winograd.Lanes / 2;
            for (var i = 0; i < Winograd.Step; i++, ahead += pitch) Sse.Prefetch0(ahead);
        }

        return from;
    }

    // Finds quads, or tiles where they are scattered, whole vectors of them; those beyond the last have no rows.
    private int Find(WinogradGrid grid, int first, int count, int rows, int more, Spot* spots)
    {
        var vectors = (count + Winograd.Lanes - 1) / Winograd.Lanes;
        var columns = Winograd.Step * grid.Run + more;
        for (var tile = 0; tile < vectors * Winograd.Lanes; tile += grid.Run, spots++)
        {
            if (tile >= count)
            {
                *spots = new Spot(0, Height, 0, false);
                continue;
            }

            var (image, row, column) = grid.At(first + tile);
            (row, column) = (row - Top, column - Left);
            *spots = new Spot((nint)image * Channels * Height * Width + (nint)row * Width + column, row, column,
                row >= 0 && row + rows <= Height && column >= 0 && column + columns <= Width);
        }

        return vectors;
    }

    // Copies a quad.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Copy(in Spot spot, float* from, int rows, int more, float* copy)
    {
        var lanes = Vector512<uint>.Indices + Vector512.Create((uint)spot.Column);
        var inside = Vector512.LessThan(lanes, Vector512.Create((uint)Width)).AsSingle();
        for (var i = 0; i < rows; i++, from += Width, copy += CopyPitch)
        {
            var y = spot.Row + i;
            var exists = (uint)y < (uint)Height;
            Load(from, exists ? inside : default).Store(copy);
            for (var j = 0; j < more; j++)
            {
                var x = spot.Column + Winograd.Lanes + j;
                copy[Winograd.Lanes + j] = exists && (uint)x < (uint)Width ? from[Winograd.Lanes + j] : 0;
            }
        }
    }

    // Copies sixteen scattered tiles to where Copy and the image have the quads', with the columns after each in the other half.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Gather(Spot* spots, int channel, int rows, int more, float* copy)
    {
        for (var tile = 0; tile < Winograd.Lanes; tile++, spots++, copy += Winograd.Step)
        {
            var from = (float*)Data + spots->Offset + (nint)channel * Height * Width;
            var lanes = Vector256<uint>.Indices;
            var inside = Vector256.LessThan(lanes + Vector256.Create((uint)spots->Column), Vector256.Create((uint)Width))
                & Vector256.LessThan(lanes, Vector256.Create((uint)(Winograd.Step + more)));
            var to = copy;
            for (var i = 0; i < rows; i++, from += Width, to += CopyPitch)
            {
                var row = Load(from, (uint)(spots->Row + i) < (uint)Height ? inside.AsSingle() : default);
                row.GetLower().Store(to);
                row.GetUpper().Store(to + QuadsPitch);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Load(float* from, Vector256<float> mask)
    {
        if (Avx.IsSupported) return Avx.MaskLoad(from, mask);
        var values = stackalloc float[Vector256<float>.Count];
        for (var i = 0; i < Vector256<float>.Count; i++) values[i] = mask.AsUInt32()[i] == 0 ? 0 : from[i];
        return Vector256.Load(values);
    }

    // What is masked out is not read.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load(float* from, Vector512<float> mask)
    {
        if (Avx512F.IsSupported) return Avx512F.MaskLoad(from, mask, default);
        var values = stackalloc float[Winograd.Lanes];
        for (var i = 0; i < Winograd.Lanes; i++) values[i] = mask.AsUInt32()[i] == 0 ? 0 : from[i];
        return Vector512.Load(values);
    }

    // The first row and column read of a quad or tile, perhaps outside the image, and their place in its channel 0.
    private readonly record struct Spot(nint Offset, int Row, int Column, bool IsInside);
}
