using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Where the results of a correlation go: grid position (row, column) to image position (row · RowStep, column · ColumnStep).
/// </summary>
/// <param name="Origin">Position (0, 0) of the first plane.</param>
/// <param name="Width">Columns of the image.</param>
/// <param name="PlaneStride">Floats between planes.</param>
/// <param name="RowStep">Image rows between grid rows.</param>
/// <param name="ColumnStep">Image columns between grid columns.</param>
internal readonly unsafe record struct ConvOutput(nint Origin, int Width, int PlaneStride, int RowStep, int ColumnStep)
{
    public float* At(int plane, int row, int column) =>
        (float*)Origin + (long)plane * PlaneStride + (long)row * RowStep * Width + (long)column * ColumnStep;

    /// <summary>Stores part of a row of some planes, which are <paramref name="stride"/> floats apart in the source.</summary>
    public void Store(float* source, int stride, int planes, int plane, int row, int column, int count)
    {
        var target = At(plane, row, column);
        for (var i = 0; i < planes; i++, source += stride, target += PlaneStride)
        {
            if (ColumnStep == 1) Copy(source, target, count);
            else for (var j = 0; j < count; j++) target[(long)j * ColumnStep] = source[j];
        }
    }

    // The last vector overlaps the one before it.
    private static void Copy(float* source, float* target, int count)
    {
        if (count >= Vector256<float>.Count)
        {
            for (var i = 0; i < count; i += Vector256<float>.Count)
            {
                var at = Math.Min(i, count - Vector256<float>.Count);
                Vector256.Load(source + at).Store(target + at);
            }
        }
        else if (count >= Vector128<float>.Count)
        {
            Vector128.Load(source).Store(target);
            Vector128.Load(source + count - Vector128<float>.Count).Store(target + count - Vector128<float>.Count);
        }
        else
        {
            for (var i = 0; i < count; i++) target[i] = source[i];
        }
    }
}

/// <summary>Where the maxima of windows of a correlation's results go.</summary>
/// <param name="Origin">The first of the group.</param>
/// <param name="Width">Windows in a row.</param>
/// <param name="PlaneStride">Floats between planes.</param>
/// <param name="Pool">The windows.</param>
internal readonly unsafe record struct PooledOutput(nint Origin, int Width, int PlaneStride, ConvPool Pool)
{
    /// <summary>Writes the maxima of some rows and columns of a filter's results, whole windows of them.</summary>
    public void Write(
        float* results, int pitch, (int First, int Count) rows, (int First, int Count) columns, int filter, float bias, bool relu)
    {
        var target = (float*)Origin + (long)filter * PlaneStride + (long)(rows.First / Pool.Height) * Width
            + columns.First / Pool.Width;
        for (var row = 0; row + Pool.Height <= rows.Count; row += Pool.Height, target += Width)
            Pool.Row(results + (long)row * pitch, pitch, columns.Count / Pool.Width, bias, relu, target);
    }
}

/// <summary>Where a correlation's weights are: group · GroupStride + row · RowStride + Offsets[tap].</summary>
/// <param name="Offsets">Of each tap.</param>
/// <param name="RowStride">Floats between filters.</param>
/// <param name="GroupStride">Floats between groups.</param>
/// <param name="AreContiguous">Whether the offsets are 0, 1, 2, …</param>
internal sealed record TapWeights(int[] Offsets, int RowStride, int GroupStride, bool AreContiguous);
