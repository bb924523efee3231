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
    /// <summary>Finds some quads in the images.</summary>
    public void Find(int first, int count, Place* places)
    {
        for (var i = 0; i < count; i++)
        {
            var (image, row, column) = Grid.At(first + i);
            places[i] = new Place((nint)image * Filters * Grid.Rows * Grid.Columns + (nint)row * Grid.Columns + column,
                Math.Min(Winograd.Step, Grid.Rows - row), Math.Min(Winograd.Lanes, Grid.Columns - column));
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
        var target = (float*)Data + (nint)filter * Grid.Rows * Grid.Columns;
        var biases = Vector512.Create(bias);
        for (var done = 0; done < count; done += WinogradGrid.Quad, places += WinogradGrid.Quad)
        {
            var from = products.At(done / WinogradGrid.Quad, channel);
            for (var i = 0; i < Winograd.Size; i++, from += WinogradPoints.Point)
            {
                var to = scratch + i * Winograd.Lanes;
                var (y0, y1, y2, y3) = Winograd.Output(from, Winograd.Size * WinogradPoints.Point);
                y0.Store(to);
                y1.Store(to + Winograd.Size * Winograd.Lanes);
                y2.Store(to + 2 * Winograd.Size * Winograd.Lanes);
                y3.Store(to + 3 * Winograd.Size * Winograd.Lanes);
            }

            var quads = Math.Min(WinogradGrid.Quad, count - done);
            for (var i = 0; i < Winograd.Step; i++)
            {
                var (y0, y1, y2, y3) = Winograd.Output(scratch + i * Winograd.Size * Winograd.Lanes, Winograd.Lanes);
                (y0, y1, y2, y3) = WinogradLanes.Transpose(y0 + biases, y1 + biases, y2 + biases, y3 + biases);
                if (relu) (y0, y1, y2, y3) = (CutNegative(y0), CutNegative(y1), CutNegative(y2), CutNegative(y3));
                var line = target + (nint)i * Grid.Columns;
                Store(y0, line, places[0], i);
                if (quads > 1) Store(y1, line, places[1], i);
                if (quads > 2) Store(y2, line, places[2], i);
                if (quads > 3) Store(y3, line, places[3], i);
            }
        }
    }

    // Max would turn NaN into 0; the select keeps it, because NaN < 0 is false.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> CutNegative(Vector512<float> value) =>
        Vector512.ConditionalSelect(Vector512.LessThan(value, default), default, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> value, float* line, in Place place, int row)
    {
        if (row >= place.Rows) return;
        if (place.Columns == Winograd.Lanes) value.Store(line + place.Offset);
        else StorePart(value, line + place.Offset, place.Columns);
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

    /// <summary>A quad's first output, and its rows and columns that exist.</summary>
    internal readonly record struct Place(nint Offset, int Rows, int Columns);
}
