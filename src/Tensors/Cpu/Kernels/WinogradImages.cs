using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// How the output positions of a batch are divided into tiles: image by image, row by row, with the last of each row and column
/// ragged.
/// </summary>
/// <param name="Rows">Output rows.</param>
/// <param name="Columns">Output columns.</param>
internal readonly record struct WinogradGrid(int Rows, int Columns)
{
    // A run's strip should stay in the first-level cache.
    private const int MaxRun = 24;

    public int Down => (Rows + Winograd.Step - 1) / Winograd.Step;

    public int Across => (Columns + Winograd.Step - 1) / Winograd.Step;

    public int PerImage => Down * Across;

    /// <summary>The longest run of tiles.</summary>
    public int LongestRun => Math.Min(MaxRun, Across);

    /// <summary>
    /// Some adjacent tiles from <paramref name="tile"/> on, at most <paramref name="limit"/>: their image, first output position
    /// and count.
    /// </summary>
    public (int Image, int Row, int Column, int Count) Run(int tile, int limit)
    {
        var (image, inside) = (tile / PerImage, tile % PerImage);
        var column = inside % Across;
        return (image, inside / Across * Winograd.Step, column * Winograd.Step,
            Math.Min(Math.Min(limit, MaxRun), Across - column));
    }
}

/// <summary>The layout of transformed tiles: point by point, tile by tile, channels side by side.</summary>
/// <param name="Data">Point 0 of tile 0.</param>
/// <param name="Point">Floats between points.</param>
/// <param name="Tile">Floats between tiles.</param>
internal readonly unsafe record struct WinogradPoints(nint Data, int Point, int Tile)
{
    /// <summary>
    /// Room for tiles and channels. Tiles, and points too, are an odd number of cache lines apart: a tile's transforms go to all
    /// 36 points at once, which would otherwise map to a few sets of the cache.
    /// </summary>
    public static WinogradPoints Layout(float* data, int tiles, int channels)
    {
        var lines = (channels + 15) / 16 | 1;
        return new WinogradPoints((nint)data, 16 * (tiles * lines | 1), 16 * lines);
    }

    /// <summary>Floats in total.</summary>
    public long Length => (long)Winograd.Points * Point;

    public float* At(int point, int tile) => (float*)Data + (long)point * Point + (long)tile * Tile;
}

/// <summary>
/// Images [N, C, H, W] that are read in tiles and transformed. Eight channels of a run of tiles are copied into a strip with
/// channels innermost, [rows, columns, 8]; positions outside the image become zero there, so the transforms need not handle
/// edges.
/// </summary>
/// <param name="Data">The first image.</param>
/// <param name="Channels">C.</param>
/// <param name="Height">H.</param>
/// <param name="Width">W.</param>
/// <param name="Top">Rows of zeros above the image; negative if its first rows are skipped.</param>
/// <param name="Left">Columns of zeros to its left, likewise.</param>
internal readonly unsafe record struct WinogradImages(nint Data, int Channels, int Height, int Width, int Top, int Left)
{
    /// <summary>Floats of the strip that a run of <paramref name="tiles"/> needs.</summary>
    public static int StripSize(int tiles) => Winograd.Size * Pitch(tiles);

    /// <summary>
    /// Transforms the inputs of <paramref name="count"/> tiles from <paramref name="first"/>, some channels of each.
    /// </summary>
    public void TransformInputs(
        WinogradGrid grid, int first, int count, int channel, int channels, WinogradPoints points, float* strip)
    {
        for (int done = 0, tiles; done < count; done += tiles)
        {
            (var image, var row, var column, tiles) = grid.Run(first + done, count - done);
            var pitch = Pitch(tiles);
            for (var c = 0; c < channels; c += Winograd.Lanes)
            {
                Copy(image, channel + c, Math.Min(Winograd.Lanes, channels - c), row - Top, Winograd.Size, column - Left, strip,
                    pitch);
                for (var x = 0; x < (Winograd.Step * tiles + 2) * Winograd.Lanes; x += Winograd.Lanes)
                    Winograd.Input(strip + x, pitch, strip + x, pitch);
                for (var tile = 0; tile < tiles; tile++)
                {
                    for (var i = 0; i < Winograd.Size; i++)
                    {
                        var from = strip + i * pitch + tile * Winograd.Step * Winograd.Lanes;
                        Winograd.Input(from, Winograd.Lanes, points.At(Winograd.Size * i, done + tile) + c, points.Point);
                    }
                }
            }
        }
    }

    /// <summary>
    /// Transforms the gradients of tiles, and adds those of each channel to <paramref name="sums"/>, padded to a multiple of
    /// eight.
    /// </summary>
    public void TransformGradients(
        WinogradGrid grid, int first, int count, int channel, int channels, WinogradPoints points, float* strip, float* sums)
    {
        for (int done = 0, tiles; done < count; done += tiles)
        {
            (var image, var row, var column, tiles) = grid.Run(first + done, count - done);
            var pitch = Pitch(tiles);
            for (var c = 0; c < channels; c += Winograd.Lanes)
            {
                Copy(image, channel + c, Math.Min(Winograd.Lanes, channels - c), row - Top, Winograd.Step, column - Left, strip,
                    pitch);
                Vector256<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
                for (var x = 0; x < Winograd.Step * tiles * Winograd.Lanes; x += Winograd.Lanes)
                {
                    sum0 += Vector256.Load(strip + x);
                    sum1 += Vector256.Load(strip + pitch + x);
                    sum2 += Vector256.Load(strip + 2 * pitch + x);
                    sum3 += Vector256.Load(strip + 3 * pitch + x);
                    Winograd.Gradient(strip + x, pitch, strip + x, pitch);
                }

                (Vector256.Load(sums + c) + (sum0 + sum1 + (sum2 + sum3))).Store(sums + c);
                for (var tile = 0; tile < tiles; tile++)
                {
                    for (var i = 0; i < Winograd.Size; i++)
                    {
                        var from = strip + i * pitch + tile * Winograd.Step * Winograd.Lanes;
                        Winograd.Gradient(from, Winograd.Lanes, points.At(Winograd.Size * i, done + tile) + c, points.Point);
                    }
                }
            }
        }
    }

    // Floats of a strip's row: the tiles' columns and two more that the last tile reaches, rounded up to eight.
    private static int Pitch(int tiles) => (Winograd.Step * tiles + 2 + 7) / 8 * 8 * Winograd.Lanes;

    private void Copy(int image, int channel, int channels, int row, int rows, int column, float* strip, int pitch)
    {
        var plane = Height * Width;
        var origin = ((long)image * Channels + channel) * plane;
        var block = stackalloc float[Winograd.Lanes * Winograd.Lanes];
        for (var y = row; y < row + rows; y++, strip += pitch)
        {
            if ((uint)y >= (uint)Height)
            {
                new Span<float>(strip, pitch).Clear();
                continue;
            }

            var source = (float*)Data + origin + (long)y * Width;
            for (var i = 0; i < pitch / Winograd.Lanes; i += Winograd.Lanes)
            {
                var x = column + i;
                var target = strip + i * Winograd.Lanes;
                if (channels == Winograd.Lanes && x >= 0 && x + Winograd.Lanes <= Width)
                {
                    Transpose(source + x, plane, target);
                }
                else
                {
                    CopyEdge(source, plane, channels, x, block);
                    Transpose(block, Winograd.Lanes, target);
                }
            }
        }
    }

    private void CopyEdge(float* source, int plane, int channels, int column, float* block)
    {
        new Span<float>(block, Winograd.Lanes * Winograd.Lanes).Clear();
        var (from, to) = (Math.Max(0, column), Math.Min(Width, column + Winograd.Lanes));
        for (var c = 0; c < channels; c++)
        {
            for (var x = from; x < to; x++) block[c * Winograd.Lanes + x - column] = source[(long)c * plane + x];
        }
    }

    // Eight positions of eight channels.
    private static void Transpose(float* source, nint plane, float* target)
    {
        Vector256<float> r0 = Load(0), r1 = Load(1), r2 = Load(2), r3 = Load(3), r4 = Load(4), r5 = Load(5), r6 = Load(6),
        r7 = Load(7);
        Transpose8.Run(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
        r0.Store(target);
        r1.Store(target + Winograd.Lanes);
        r2.Store(target + 2 * Winograd.Lanes);
        r3.Store(target + 3 * Winograd.Lanes);
        r4.Store(target + 4 * Winograd.Lanes);
        r5.Store(target + 5 * Winograd.Lanes);
        r6.Store(target + 6 * Winograd.Lanes);
        r7.Store(target + 7 * Winograd.Lanes);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector256<float> Load(int channel) => Vector256.Load(source + channel * plane);
    }
}
