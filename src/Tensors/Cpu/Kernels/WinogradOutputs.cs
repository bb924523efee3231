using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Images [N, K, OH, OW] that products are transformed back into, sixteen tiles of a filter at a time: the way of
/// <see cref="WinogradImages"/> in reverse, so that whole rows of sixteen columns are stored.
/// </summary>
/// <param name="Grid">OH and OW, in tiles.</param>
/// <param name="Data">The first image.</param>
/// <param name="Filters">K.</param>
/// <param name="Pool">Of which the maxima are stored instead, if not of single values.</param>
internal readonly unsafe record struct WinogradOutputs(WinogradGrid Grid, nint Data, int Filters, ConvPool Pool)
{
    private int Rows => Grid.Rows / Pool.Height;

    private int Columns => Grid.Columns / Pool.Width;

    /// <summary>Finds quads, or tiles where they are scattered, in the images; whole vectors of them.</summary>
    public void Find(int first, int count, Place* places)
    {
        var columns = Winograd.Step * Grid.Run / Pool.Width;
        for (var tile = 0; tile < (count + Winograd.Lanes - 1) / Winograd.Lanes * Winograd.Lanes; tile += Grid.Run, places++)
        {
            var (image, row, column) = Grid.At(first + tile);
            (row, column) = (row / Pool.Height, column / Pool.Width);
            var exists = tile < count && column < Columns;
            *places = new Place((nint)image * Filters * Rows * Columns + (nint)row * Columns + column,
                exists ? Math.Min(Winograd.Step / Pool.Height, Rows - row) : 0, Math.Min(columns, Columns - column));
        }
    }

    /// <summary>
    /// Transforms a channel of the products, adds the bias, cuts negatives to zero if <paramref name="relu"/>, and stores the
    /// outputs of a filter.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Transform(
        WinogradPoints products, int channel, Place* places, int count, int filter, float bias, bool relu, float* scratch)
    {
        var plane = (nint)Rows * Columns;
        var target = (float*)Data + filter * plane;
        var biases = Vector512.Create(bias);
        var scattered = Grid.IsScattered;
        for (var vector = 0; vector * Winograd.Lanes < count; vector++, places += Winograd.Lanes / Grid.Run)
        {
            var from = products.At(vector, channel);
            for (var i = 0; i < Winograd.Size; i++, from += WinogradPoints.Point)
            {
                var to = scratch + i * Winograd.Lanes;
                var (y0, y1, y2, y3) = Winograd.Output(from, Winograd.Size * WinogradPoints.Point);
                y0.Store(to);
                y1.Store(to + Winograd.Size * Winograd.Lanes);
                y2.Store(to + 2 * Winograd.Size * Winograd.Lanes);
                y3.Store(to + 3 * Winograd.Size * Winograd.Lanes);
            }

            for (int i = 0, place = 0; i < Winograd.Step; i += Pool.Height, place++)
            {
                var row = scratch + i * Winograd.Size * Winograd.Lanes;
                var (y0, y1, y2, y3) = Winograd.Output(row, Winograd.Lanes);
                for (var j = 1; j < Pool.Height; j++)
                {
                    var (z0, z1, z2, z3) = Winograd.Output(row + j * Winograd.Size * Winograd.Lanes, Winograd.Lanes);
                    (y0, y1) = (ConvPool.Larger(y0, z0), ConvPool.Larger(y1, z1));
                    (y2, y3) = (ConvPool.Larger(y2, z2), ConvPool.Larger(y3, z3));
                }

                var line = target + (nint)place * Columns;
                if (Pool.Width > 1)
                {
                    // Neighbouring columns of a tile are in the same lane of two vectors.
                    (y0, y1) = (ConvPool.Larger(y0, y1), ConvPool.Larger(y2, y3));
                    if (Pool.Width > 2) y0 = ConvPool.Larger(y0, y1);
                    StorePooled(ConvPool.Finish(y0, biases, relu), ConvPool.Finish(y1, biases, relu), row, line, places, place);
                    continue;
                }

                (y0, y1, y2, y3) = WinogradLanes.Transpose(y0 + biases, y1 + biases, y2 + biases, y3 + biases);
                if (relu) (y0, y1, y2, y3) = (CutNegative(y0), CutNegative(y1), CutNegative(y2), CutNegative(y3));
                if (scattered)
                {
                    y0.Store(row);
                    y1.Store(row + Winograd.Lanes);
                    y2.Store(row + 2 * Winograd.Lanes);
                    y3.Store(row + 3 * Winograd.Lanes);
                    Scatter(row, line, places, place);
                    continue;
                }

                Store(y0, line, places[0], place, plane);
                Store(y1, line, places[1], place, plane);
                Store(y2, line, places[2], place, plane);
                Store(y3, line, places[3], place, plane);
            }
        }
    }

    // Max would turn NaN into 0; the select keeps it, because NaN < 0 is false.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> CutNegative(Vector512<float> value) =>
        Vector512.ConditionalSelect(Vector512.LessThan(value, default), default, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> value, float* line, in Place place, int row, nint plane)
    {
        if (row >= place.Rows) return;

        // The next filter's; the processor does not see that it follows.
        if (Sse.IsSupported) Sse.Prefetch0(line + place.Offset + plane + Winograd.Lanes / 2);
        if (place.Columns == Winograd.Lanes) value.Store(line + place.Offset);
        else StorePart(value, line + place.Offset, place.Columns);
    }

    // A row of each of sixteen tiles.
    private static void Scatter(float* values, float* line, Place* places, int row)
    {
        for (var tile = 0; tile < Winograd.Lanes; tile++, values += Winograd.Step)
        {
            var place = places[tile];
            if (row >= place.Rows) continue;
            var target = line + place.Offset;
            if (place.Columns == Winograd.Step) Vector128.Load(values).Store(target);
            else new Span<float>(values, place.Columns).CopyTo(new Span<float>(target, place.Columns));
        }
    }

    // A row of windows of sixteen tiles: the first and, of two in a tile, the second.
    private void StorePooled(
        Vector512<float> first, Vector512<float> second, float* values, float* line, Place* places, int row)
    {
        // Tile t of quad q is in lane 4t + q.
        if (Pool.Width == 2)
        {
            Interleave(first, second, 0).Store(values);
            Interleave(first, second, 2).Store(values + Winograd.Lanes);
        }
        else
        {
            Vector512.Shuffle(first, Vector512.Create(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15)).Store(values);
        }

        var most = Winograd.Step / Pool.Width * Grid.Run;
        for (var tile = 0; tile < Winograd.Lanes; tile += Grid.Run, places++, values += most)
        {
            if (row >= places->Rows) continue;
            var target = line + places->Offset;
            if (places->Columns == 8) Vector256.Load(values).Store(target);
            else if (places->Columns == 4) Vector128.Load(values).Store(target);
            else for (var i = 0; i < places->Columns; i++) target[i] = values[i];
        }
    }

    // Two quads' tiles, each with its first and second value.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Interleave(Vector512<float> first, Vector512<float> second, int quad)
    {
        var lanes = Vector512.Create(0, 16, 4, 20, 8, 24, 12, 28, 1, 17, 5, 21, 9, 25, 13, 29) + Vector512.Create(quad);
        if (Avx512F.IsSupported) return Avx512F.PermuteVar16x32x2(first, lanes, second);
        float* values = stackalloc float[2 * Winograd.Lanes], pairs = stackalloc float[Winograd.Lanes];
        first.Store(values);
        second.Store(values + Winograd.Lanes);
        for (var i = 0; i < Winograd.Lanes; i++) pairs[i] = values[lanes[i]];
        return Vector512.Load(pairs);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StorePart(Vector512<float> value, float* target, int columns)
    {
        if (Avx512F.IsSupported)
        {
            var mask = Vector512.LessThan(Vector512<uint>.Indices, Vector512.Create((uint)columns)).AsSingle();
            Avx512F.MaskStore(target, mask, value);
            return;
        }

        for (var i = 0; i < columns; i++) target[i] = value[i];
    }

    /// <summary>The first output of a quad or tile, and its rows and columns that exist.</summary>
    internal readonly record struct Place(nint Offset, int Rows, int Columns);
}
