using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// y [planes, output height, output width] = the maximum of each window of x [planes, height, width]. places, unless absent,
/// says where in its plane it stands: row · width + column. Of equals the first row by row; the first NaN beats every number;
/// padding never wins, and if there is nothing else, the place is -1. Neighbours in a row read neighbours.
/// </summary>
internal struct MaxPool2d : IKernel
{
    public int Count, Height, Width;
    public Divisor OutputHeight, OutputWidth;
    public PoolWindow Rows, Columns;
    public ArrayView<float> X, Y;
    public ArrayView<int> Places;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step)
        {
            var at = PlaneIndex.Of((int)i, OutputHeight, OutputWidth);
            int top = Rows.Start(at.Row), left = Columns.Start(at.Column), source = at.Plane * Height * Width;
            int bottom = Math.Min(top + Rows.Size, Height), right = Math.Min(left + Columns.Size, Width);
            var firstColumn = Math.Max(left, 0);
            var best = float.NegativeInfinity;
            var place = -1;
            for (var row = Math.Max(top, 0); row < bottom; row++)
            {
                for (var column = firstColumn; column < right; column++)
                {
                    var candidate = X[source + row * Width + column];
                    var wins = place < 0 || candidate > best || (float.IsNaN(candidate) && !float.IsNaN(best));
                    best = wins ? candidate : best;
                    place = wins ? row * Width + column : place;
                }
            }

            Y[i] = best;
            if (Places.Length != 0) Places[i] = place;
        }
    }
}

/// <summary>
/// x = the sum of the gradients g of the windows in which this element won. An element looks up the windows that cover it, row
/// by row: scattering would need atomic additions where windows overlap, and their order is chance.
/// </summary>
internal struct MaxPool2dGradient : IKernel
{
    public int Count, OutputHeight, OutputWidth;
    public Divisor Height, Width;
    public PoolWindow Rows, Columns;
    public ArrayView<float> G, X;
    public ArrayView<int> Places;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step)
        {
            var at = PlaneIndex.Of((int)i, Height, Width);
            int lastRow = Rows.Last(at.Row, OutputHeight), lastColumn = Columns.Last(at.Column, OutputWidth);
            int firstColumn = Columns.First(at.Column), place = at.Row * Width.Value + at.Column;
            var sum = 0f;
            for (var row = Rows.First(at.Row); row <= lastRow; row++)
            {
                var start = (at.Plane * OutputHeight + row) * OutputWidth;
                for (var column = firstColumn; column <= lastColumn; column++)
                {
                    if (Places[start + column] == place) sum += G[start + column];
                }
            }

            X[i] = sum;
        }
    }
}

/// <summary>
/// y [planes, output height, output width] = the mean of each window of x [planes, height, width]; padding counts as zeros.
/// </summary>
internal struct AveragePool2d : IKernel
{
    public int Count, Height, Width;
    public float Share;
    public Divisor OutputHeight, OutputWidth;
    public PoolWindow Rows, Columns;
    public ArrayView<float> X, Y;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step)
        {
            var at = PlaneIndex.Of((int)i, OutputHeight, OutputWidth);
            int top = Rows.Start(at.Row), left = Columns.Start(at.Column), source = at.Plane * Height * Width;
            int bottom = Math.Min(top + Rows.Size, Height), right = Math.Min(left + Columns.Size, Width);
            var firstColumn = Math.Max(left, 0);
            var sum = 0f;
            for (var row = Math.Max(top, 0); row < bottom; row++)
            {
                for (var column = firstColumn; column < right; column++) sum += X[source + row * Width + column];
            }

            Y[i] = sum * Share;
        }
    }
}

/// <summary>
/// x = the sum of the shares of the windows that cover this element; a share is a gradient g over the window's size.
/// </summary>
internal struct AveragePool2dGradient : IKernel
{
    public int Count, OutputHeight, OutputWidth;
    public float Share;
    public Divisor Height, Width;
    public PoolWindow Rows, Columns;
    public ArrayView<float> G, X;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step)
        {
            var at = PlaneIndex.Of((int)i, Height, Width);
            int lastRow = Rows.Last(at.Row, OutputHeight), lastColumn = Columns.Last(at.Column, OutputWidth);
            var firstColumn = Columns.First(at.Column);
            var sum = 0f;
            for (var row = Rows.First(at.Row); row <= lastRow; row++)
            {
                var start = (at.Plane * OutputHeight + row) * OutputWidth;
                for (var column = firstColumn; column <= lastColumn; column++) sum += G[start + column] * Share;
            }

            X[i] = sum;
        }
    }
}

/// <summary>Where an element of [planes, height, width] stands.</summary>
internal struct PlaneIndex
{
    public int Plane, Row, Column;

    /// <summary>Of element i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PlaneIndex Of(int i, Divisor height, Divisor width)
    {
        int rows = width.Divide(i), plane = height.Divide(rows);
        return new() { Plane = plane, Row = rows - plane * height.Value, Column = i - rows * width.Value };
    }
}
