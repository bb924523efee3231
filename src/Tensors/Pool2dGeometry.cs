namespace Engine.Tensors;

/// <summary>A pooling window: its size, its stride (0: its own size) and the padding around the input.</summary>
public readonly record struct Pool2dOptions
{
    /// <summary>A window of <paramref name="height"/> × <paramref name="width"/> that moves by its own size.</summary>
    public Pool2dOptions(int height, int width)
    {
        KernelHeight = height;
        KernelWidth = width;
    }

    /// <summary>Rows of the window.</summary>
    public int KernelHeight { get; init; }

    /// <summary>Columns of the window.</summary>
    public int KernelWidth { get; init; }

    /// <summary>Rows between windows; 0 means KernelHeight.</summary>
    public int StrideHeight { get; init; }

    /// <summary>Columns between windows; 0 means KernelWidth.</summary>
    public int StrideWidth { get; init; }

    /// <summary>Rows of padding above and below.</summary>
    public int PadHeight { get; init; }

    /// <summary>Columns of padding left and right.</summary>
    public int PadWidth { get; init; }

    /// <summary>A square window.</summary>
    public static Pool2dOptions Square(int size, int stride = 0, int padding = 0) =>
        new(size, size) { StrideHeight = stride, StrideWidth = stride, PadHeight = padding, PadWidth = padding };

    /// <summary>A window along the width, for series.</summary>
    public static Pool2dOptions Line(int size, int stride = 0, int padding = 0) =>
        new(1, size) { StrideWidth = stride, PadWidth = padding };
}

/// <summary>
/// All sizes of one pooling: input [N, C, H, W] to output [N, C, OH, OW]; a remainder that fills no window is dropped.
/// </summary>
public readonly record struct Pool2dGeometry
{
    /// <summary>Checks the shape and works out the output's.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <param name="options">Window, stride and padding.</param>
    /// <param name="operation">Named in the errors.</param>
    /// <param name="line">Whether the shape is a series, [N, C, L], treated as one row high.</param>
    /// <exception cref="ArgumentException">
    /// The rank or an option does not fit, or the window is larger than the padded input.
    /// </exception>
    public Pool2dGeometry(Shape input, Pool2dOptions options, string operation, bool line = false)
    {
        if (input.Rank != (line ? 3 : 4))
            Throw.Argument($"{operation}: input {input} must be {(line ? "[N, C, L]" : "[N, C, H, W]")}.");
        (KernelHeight, KernelWidth) = (options.KernelHeight, options.KernelWidth);
        StrideHeight = options.StrideHeight == 0 ? KernelHeight : options.StrideHeight;
        StrideWidth = options.StrideWidth == 0 ? KernelWidth : options.StrideWidth;
        (PadHeight, PadWidth) = (options.PadHeight, options.PadWidth);
        if (KernelHeight < 1 || KernelWidth < 1 || StrideHeight < 1 || StrideWidth < 1)
        {
            Throw.Argument($"{operation}: window {KernelHeight}×{KernelWidth} and stride {StrideHeight}, {StrideWidth} must "
                + $"be at least 1 for input {input}.");
        }

        if (PadHeight < 0 || PadWidth < 0 || PadHeight > KernelHeight / 2 || PadWidth > KernelWidth / 2)
        {
            Throw.Argument($"{operation}: padding {PadHeight}, {PadWidth} must lie between 0 and half the window "
                + $"{KernelHeight}×{KernelWidth} for input {input}.");
        }

        (Planes, Height, Width) = (input[0] * input[1], line ? 1 : input[2], input[-1]);
        OutputHeight = Output(Height + 2 * PadHeight, KernelHeight, StrideHeight);
        OutputWidth = Output(Width + 2 * PadWidth, KernelWidth, StrideWidth);
        if (OutputHeight < 1 || OutputWidth < 1)
            Throw.Argument($"{operation}: the window {KernelHeight}×{KernelWidth} is larger than the padded input {input}.");
        OutputShape = new Shape(input[0], input[1], OutputHeight, OutputWidth);
    }

    /// <summary>N · C.</summary>
    public int Planes { get; }

    /// <summary>H.</summary>
    public int Height { get; }

    /// <summary>W.</summary>
    public int Width { get; }

    /// <summary>Rows of the window.</summary>
    public int KernelHeight { get; }

    /// <summary>Columns of the window.</summary>
    public int KernelWidth { get; }

    /// <summary>Rows between windows.</summary>
    public int StrideHeight { get; }

    /// <summary>Columns between windows.</summary>
    public int StrideWidth { get; }

    /// <summary>Rows of padding above and below.</summary>
    public int PadHeight { get; }

    /// <summary>Columns of padding left and right.</summary>
    public int PadWidth { get; }

    /// <summary>OH.</summary>
    public int OutputHeight { get; }

    /// <summary>OW.</summary>
    public int OutputWidth { get; }

    /// <summary>[N, C, OH, OW].</summary>
    public Shape OutputShape { get; }

    private static int Output(int size, int kernel, int stride) => size < kernel ? 0 : (size - kernel) / stride + 1;
}
