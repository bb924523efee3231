using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

// Convolutions whose groups have one channel each. As products of matrices they would have one row for each channel's filters,
// and leave most of a tile idle; as what they are, they read each number a few times from the caches and hardly compute.

/// <summary>The sizes of a depthwise convolution; its planes are [image, channel], and [image, channel, filter].</summary>
internal readonly struct DepthwiseShape
{
    /// <summary>Input and output planes: rows and columns; filters of all channels.</summary>
    public readonly int Height, Width, OutputHeight, OutputWidth, Filters;

    /// <summary>Filters of a channel, and what divides by them.</summary>
    public readonly Divisor Multiplier;

    /// <summary>The kernel's sides, and what divides by the strides.</summary>
    public readonly int KernelHeight, KernelWidth;
    public readonly Divisor StrideHeight, StrideWidth;
    public readonly int PadTop, PadLeft, DilationHeight, DilationWidth;

    public DepthwiseShape(in Conv2dGeometry g)
    {
        var o = g.Options;
        (Height, Width, OutputHeight, OutputWidth) = (g.Height, g.Width, g.OutputHeight, g.OutputWidth);
        (Filters, Multiplier) = (g.Filters, new(g.GroupFilters));
        (KernelHeight, KernelWidth) = (g.KernelHeight, g.KernelWidth);
        (StrideHeight, StrideWidth) = (new(o.StrideHeight), new(o.StrideWidth));
        (PadTop, PadLeft, DilationHeight, DilationWidth) = (o.PadTop, o.PadLeft, o.DilationHeight, o.DilationWidth);
    }
}

/// <summary>
/// y [image, filter, i, j] = bias [filter] + Σ w [filter, u, v] · x [image, filter / multiplier, i·stride + u·dilation - pad,
/// j·stride + v·dilation - pad], cut at zero on request (a NaN stays). An item has an element of y.
/// </summary>
internal struct DepthwiseForward : IKernel
{
    public int Count, Cut;
    public DepthwiseShape Shape;
    public Divisor OutputHeight, OutputWidth, Filters;
    public ArrayView<float> X, W, Bias, Y;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step)
        {
            var at = PlaneIndex.Of((int)i, OutputHeight, OutputWidth);
            var filter = at.Plane - Filters.Divide(at.Plane) * Shape.Filters;
            var source = Shape.Multiplier.Divide(at.Plane) * Shape.Height * Shape.Width;
            var top = at.Row * Shape.StrideHeight.Value - Shape.PadTop;
            var left = at.Column * Shape.StrideWidth.Value - Shape.PadLeft;
            var tap = filter * Shape.KernelHeight * Shape.KernelWidth;
            var sum = 0f;
            for (var u = 0; u < Shape.KernelHeight; u++)
            {
                var row = top + u * Shape.DilationHeight;
                var isRow = (uint)row < (uint)Shape.Height;
                for (var v = 0; v < Shape.KernelWidth; v++, tap++)
                {
                    var column = left + v * Shape.DilationWidth;
                    if (isRow && (uint)column < (uint)Shape.Width) sum += W[tap] * X[source + row * Shape.Width + column];
                }
            }

            if (Bias.Length != 0) sum += Bias[filter];
            Y[i] = Cut != 0 && sum < 0 ? 0 : sum;
        }
    }
}

/// <summary>
/// gradX [image, channel, row, column] = Σ over the channel's filters and the taps that reach this element of w · gradY. An
/// item has an element, and asks each tap for the output that it leads to.
/// </summary>
internal struct DepthwiseInputGradient : IKernel
{
    public int Count;
    public DepthwiseShape Shape;
    public Divisor Height, Width, Channels;
    public ArrayView<float> GradY, W, GradX;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step)
        {
            var at = PlaneIndex.Of((int)i, Height, Width);
            var channel = at.Plane - Channels.Divide(at.Plane) * Channels.Value;
            var tap = channel * Shape.Multiplier.Value * Shape.KernelHeight * Shape.KernelWidth;
            var first = at.Plane * Shape.Multiplier.Value * Shape.OutputHeight * Shape.OutputWidth;
            var sum = 0f;
            for (var filter = 0; filter < Shape.Multiplier.Value; filter++)
            {
                for (var u = 0; u < Shape.KernelHeight; u++)
                {
                    var row = Output(at.Row + Shape.PadTop - u * Shape.DilationHeight, Shape.StrideHeight, Shape.OutputHeight);
                    for (var v = 0; v < Shape.KernelWidth; v++, tap++)
                    {
                        var column = Output(
                            at.Column + Shape.PadLeft - v * Shape.DilationWidth, Shape.StrideWidth, Shape.OutputWidth);
                        if (row >= 0 && column >= 0) sum += W[tap] * GradY[first + row * Shape.OutputWidth + column];
                    }
                }

                first += Shape.OutputHeight * Shape.OutputWidth;
            }

            GradX[i] = sum;
        }
    }

    // The output that begins so far down, or -1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Output(int start, Divisor stride, int outputs)
    {
        if (start < 0) return -1;
        var output = stride.Divide(start);
        return output * stride.Value == start && output < outputs ? output : -1;
    }
}

/// <summary>
/// partial [chunk, filter, tap] = Σ over the chunk's positions of gradY · x at the tap; on request there is one more tap that
/// reads ones everywhere, for the bias. The chunks of a filter's positions are those of <see cref="ChannelTeams"/>. Grid: chunks
/// of blocks of filters, taps.
/// </summary>
internal struct DepthwiseWeightGradient : IKernel
{
    public ChannelTeams Teams;
    public DepthwiseShape Shape;
    public int Taps, Columns;
    public Divisor Positions, PositionsX, KernelWidth;
    public ArrayView<float> GradY, X, Partial;

    public readonly void Run()
    {
        var shared = SharedMemory.Allocate<float>(Team.Group);
        var part = new ChannelPart(Teams);
        for (var tap = Grid.IdxY; tap < Columns; tap += Grid.DimY)
        {
            int u = KernelWidth.Divide(tap), v = tap - u * KernelWidth.Value;
            int down = u * Shape.DilationHeight - Shape.PadTop, right = v * Shape.DilationWidth - Shape.PadLeft;
            var sum = 0f;
            for (var walk = Teams.Walk(part); walk.Left > 0; walk = Teams.Next(walk))
            {
                var gradient = GradY[walk.Element];
                int y = PositionsX.Divide(walk.At), row = y * Shape.StrideHeight.Value + down;
                var column = (walk.At - y * PositionsX.Value) * Shape.StrideWidth.Value + right;
                var isInside = (uint)row < (uint)Shape.Height && (uint)column < (uint)Shape.Width;
                var x = tap < Taps ? 0f : 1f;
                if (tap < Taps && isInside)
                {
                    var plane = Shape.Multiplier.Divide(Positions.Divide(walk.Element));
                    x = X[(plane * Shape.Height + row) * Shape.Width + column];
                }

                sum += gradient * x;
            }

            sum = Team.Sum(shared, sum, part.Item, part.Lane, Teams.Lanes, Teams.Columns);
            if (part.Channel < Teams.Channels && part.Lane == 0)
                Partial[(part.Part * Teams.Channels + part.Channel) * Columns + tap] = sum;
        }
    }
}
