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
internal readonly unsafe record struct WinogradOutputs(WinogradGrid Grid, nint Data, int Filters)
{
    /// <summary>Finds quads, or tiles where they are scattered, in the images; whole vectors of them.</summary>
    public void Find(int first, int count, Place* places)
    {
        var columns = Winograd.Step * Grid.Run;
        for (var tile = 0; tile < (count + Winograd.Lanes - 1) / Winograd.Lanes * Winograd.Lanes; tile += Grid.Run, places++)
        {
            var (image, row, column) = Grid.At(first + tile);
            var exists = tile < count && column < Grid.Columns;
            *places = new Place((nint)image * Filters * Grid.Rows * Grid.Columns + (nint)row * Grid.Columns + column,
                exists ? Math.Min(Winograd.Step, Grid.Rows - row) : 0, Math.Min(columns, Grid.Columns - column));
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
        var plane = (nint)Grid.Rows * Grid.Columns;
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

            for (var i = 0; i < Winograd.Step; i++)
            {
                var row = scratch + i * Winograd.Size * Winograd.Lanes;
                var (y0, y1, y2, y3) = Winograd.Output(row, Winograd.Lanes);
                (y0, y1, y2, y3) = WinogradLanes.Transpose(y0 + biases, y1 + biases, y2 + biases, y3 + biases);
                if (relu) (y0, y1, y2, y3) = (CutNegative(y0), CutNegative(y1), CutNegative(y2), CutNegative(y3));
                var line = target + (nint)i * Grid.Columns;
                if (scattered)
                {
                    y0.Store(row);
                    y1.Store(row + Winograd.Lanes);
                    y2.Store(row + 2 * Winograd.Lanes);
                    y3.Store(row + 3 * Winograd.Lanes);
                    Scatter(row, line, places, i);
                    continue;
                }

                Store(y0, line, places[0], i, plane);
                Store(y1, line, places[1], i, plane);
                Store(y2, line, places[2], i, plane);
                Store(y3, line, places[3], i, plane);
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
