namespace Engine.Tensors;

/// <summary>How a convolution moves over its input. The default is stride 1, no padding, no dilation, one group.</summary>
public readonly record struct Conv2dOptions
{
    /// <summary>Makes the default options.</summary>
    public Conv2dOptions()
    {
    }

    /// <summary>Rows between outputs.</summary>
    public int StrideHeight { get; init; } = 1;

    /// <summary>Columns between outputs.</summary>
    public int StrideWidth { get; init; } = 1;

    /// <summary>Rows of zeros above the input.</summary>
    public int PadTop { get; init; }

    /// <summary>Rows of zeros below the input.</summary>
    public int PadBottom { get; init; }

    /// <summary>Columns of zeros left of the input.</summary>
    public int PadLeft { get; init; }

    /// <summary>Columns of zeros right of the input.</summary>
    public int PadRight { get; init; }

    /// <summary>Rows between the kernel's taps.</summary>
    public int DilationHeight { get; init; } = 1;

    /// <summary>Columns between the kernel's taps.</summary>
    public int DilationWidth { get; init; } = 1;

    /// <summary>The number of independent groups the channels are split into.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>The same stride, padding and dilation in both directions.</summary>
    public static Conv2dOptions Uniform(int stride = 1, int padding = 0, int dilation = 1, int groups = 1) => new()
    {
        StrideHeight = stride,
        StrideWidth = stride,
        PadTop = padding,
        PadBottom = padding,
        PadLeft = padding,
        PadRight = padding,
        DilationHeight = dilation,
        DilationWidth = dilation,
        Groups = groups,
    };

    /// <summary>For one-dimensional convolutions, which run along the width.</summary>
    public static Conv2dOptions Line(int stride = 1, int padding = 0, int dilation = 1, int groups = 1) => new()
    {
        StrideWidth = stride,
        PadLeft = padding,
        PadRight = padding,
        DilationWidth = dilation,
        Groups = groups,
    };
}

/// <summary>All sizes of one convolution: input [N, C, H, W], weight [K, C/Groups, KH, KW], output [N, K, OH, OW].</summary>
public readonly record struct Conv2dGeometry
{
    /// <summary>Checks the shapes against each other and works out the output's.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <param name="weight">[K, C/Groups, KH, KW].</param>
    /// <param name="options">Stride, padding, dilation and groups.</param>
    /// <param name="operation">Named in the errors.</param>
    /// <param name="line">Whether the shapes are series, [N, C, L] and [K, C/groups, KL], treated as one row high.</param>
    /// <exception cref="ArgumentException">
    /// A rank, a channel count or an option does not fit, or the kernel is larger than the padded input.
    /// </exception>
    public Conv2dGeometry(Shape input, Shape weight, Conv2dOptions options, string operation, bool line = false)
    {
        Options = options;
        if (input.Rank != (line ? 3 : 4) || weight.Rank != input.Rank)
        {
            var forms = line ? "[N, C, L] and [K, C/groups, KL]" : "[N, C, H, W] and [K, C/groups, KH, KW]";
            Throw.Argument($"{operation}: input {input} and weight {weight} must be {forms}.");
        }

        (Batch, Channels, Height, Width) = (input[0], input[1], line ? 1 : input[2], input[-1]);
        (Filters, KernelHeight, KernelWidth) = (weight[0], line ? 1 : weight[2], weight[-1]);
        if (options.StrideHeight < 1 || options.StrideWidth < 1 || options.DilationHeight < 1 || options.DilationWidth < 1)
        {
            Throw.Argument($"{operation}: strides {options.StrideHeight}, {options.StrideWidth} and dilations "
                + $"{options.DilationHeight}, {options.DilationWidth} must be at least 1 for input {input} and weight {weight}.");
        }

        if (options.PadTop < 0 || options.PadBottom < 0 || options.PadLeft < 0 || options.PadRight < 0)
        {
            Throw.Argument($"{operation}: padding {options.PadTop}, {options.PadBottom}, {options.PadLeft}, "
                + $"{options.PadRight} must not be negative for input {input} and weight {weight}.");
        }

        if (options.Groups < 1 || Channels % options.Groups != 0 || Filters % options.Groups != 0)
        {
            Throw.Argument($"{operation}: {options.Groups} groups do not divide the {Channels} channels of input {input} "
                + $"and the {Filters} filters of weight {weight}.");
        }

        if (weight[1] != Channels / options.Groups)
        {
            Throw.Argument($"{operation}: input {input} has {Channels} channels in {options.Groups} groups but weight "
                + $"{weight} takes {weight[1]}.");
        }

        if (KernelHeight < 1 || KernelWidth < 1) Throw.Argument($"{operation}: weight {weight} has no taps.");
        OutputHeight = Output(Height + options.PadTop + options.PadBottom, KernelHeight, options.StrideHeight,
            options.DilationHeight);
        OutputWidth = Output(Width + options.PadLeft + options.PadRight, KernelWidth, options.StrideWidth, options.DilationWidth);
        if (OutputHeight < 1 || OutputWidth < 1)
        {
            Throw.Argument($"{operation}: weight {weight} with dilation {options.DilationHeight}, {options.DilationWidth} "
                + $"is larger than the padded input {input}.");
        }
    }

    /// <summary>Stride, padding, dilation and groups.</summary>
    public Conv2dOptions Options { get; }

    /// <summary>N, the images.</summary>
    public int Batch { get; }

    /// <summary>C, the input channels.</summary>
    public int Channels { get; }

    /// <summary>H, the input rows.</summary>
    public int Height { get; }

    /// <summary>W, the input columns.</summary>
    public int Width { get; }

    /// <summary>K, the output channels.</summary>
    public int Filters { get; }

    /// <summary>KH, the kernel's rows.</summary>
    public int KernelHeight { get; }

    /// <summary>KW, the kernel's columns.</summary>
    public int KernelWidth { get; }

    /// <summary>OH, the output rows.</summary>
    public int OutputHeight { get; }

    /// <summary>OW, the output columns.</summary>
    public int OutputWidth { get; }

    /// <summary>Input channels of one group.</summary>
    public int GroupChannels => Channels / Options.Groups;

    /// <summary>Output channels of one group.</summary>
    public int GroupFilters => Filters / Options.Groups;

    /// <summary>The output's shape.</summary>
    public Shape OutputShape => new(Batch, Filters, OutputHeight, OutputWidth);

    private static int Output(int size, int kernel, int stride, int dilation)
    {
        var reach = (long)dilation * (kernel - 1) + 1;
        return size < reach ? 0 : (int)((size - reach) / stride) + 1;
    }
}
