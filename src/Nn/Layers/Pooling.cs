using Engine.Tensors;

namespace Engine.Nn.Layers;

/// <summary>Base of the pooling layers: a window that moves over images [N, C, H, W] or series [N, C, L].</summary>
public abstract class Pooling : Layer
{
    private readonly bool _line;

    private protected Pooling(Pool2dOptions options, bool line)
    {
        (Options, _line) = (options, line);
        // Apply the window to a plane of its own size: this checks everything except the input's size.
        _ = new Pool2dGeometry(new Shape(1, 1, Math.Max(1, options.KernelHeight), Math.Max(1, options.KernelWidth)), options,
            GetType().Name);
    }

    /// <inheritdoc/>
    public override string Description => _line
        ? $"{GetType().Name} {Options.KernelWidth}" : $"{GetType().Name} {Options.KernelHeight}×{Options.KernelWidth}";

    internal Pool2dOptions Options { get; }

    internal override bool SuitsSampleBySample => true;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        if (!_line)
        {
            CheckInput(input, "[N, C, H, W]", 4, 4);
            return new Pool2dGeometry(input, Options, Where).OutputShape;
        }

        CheckInput(input, "[N, C, L]", 3, 3);
        return input.With(2, new Pool2dGeometry(new Shape(input[0], input[1], 1, input[2]), Options, Where).OutputWidth);
    }
}

/// <summary>The maximum of each window of images.</summary>
public sealed class MaxPool2d : Pooling
{
    /// <summary>A square window that moves by <paramref name="stride"/> (0: its own size).</summary>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    public MaxPool2d(int size, int stride = 0, int padding = 0)
        : this(Pool2dOptions.Square(size, stride, padding))
    {
    }

    /// <summary>A window of any shape.</summary>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    public MaxPool2d(Pool2dOptions options)
        : base(options, line: false)
    {
    }

    // One byte per output records where in its window the maximum was.
    internal override LayerMemory Memory(Shape input) => new() { OtherBytes = OutputShape(input).Count };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x, ForwardContext context) => Tensor.MaxPool2d(x, Options);
}

/// <summary>The mean of each window of images; padding counts as zeros.</summary>
public sealed class AveragePool2d : Pooling
{
    /// <summary>A square window that moves by <paramref name="stride"/> (0: its own size).</summary>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    public AveragePool2d(int size, int stride = 0, int padding = 0)
        : this(Pool2dOptions.Square(size, stride, padding))
    {
    }

    /// <summary>A window of any shape.</summary>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    public AveragePool2d(Pool2dOptions options)
        : base(options, line: false)
    {
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x, ForwardContext context) => Tensor.AveragePool2d(x, Options);
}

/// <summary>The maximum of each window of series.</summary>
public sealed class MaxPool1d : Pooling
{
    /// <summary>A window that moves by <paramref name="stride"/> (0: its own size).</summary>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    public MaxPool1d(int size, int stride = 0, int padding = 0)
        : base(Pool2dOptions.Line(size, stride, padding), line: true)
    {
    }

    // One byte per output records where in its window the maximum was.
    internal override LayerMemory Memory(Shape input) => new() { OtherBytes = OutputShape(input).Count };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x, ForwardContext context) => Tensor.MaxPool1d(x, Options);
}

/// <summary>The mean of each window of series; padding counts as zeros.</summary>
public sealed class AveragePool1d : Pooling
{
    /// <summary>A window that moves by <paramref name="stride"/> (0: its own size).</summary>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    public AveragePool1d(int size, int stride = 0, int padding = 0)
        : base(Pool2dOptions.Line(size, stride, padding), line: true)
    {
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x, ForwardContext context) => Tensor.AveragePool1d(x, Options);
}

/// <summary>The mean over all positions: [N, C, …] to [N, C].</summary>
public sealed class GlobalAveragePool : Layer
{
    /// <inheritdoc/>
    public override string Description => nameof(GlobalAveragePool);

    internal override bool SuitsSampleBySample => true;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        CheckInput(input, "[N, C, positions…]", 3, int.MaxValue);
        return new Shape(input[0], input[1]);
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x, ForwardContext context) => Tensor.GlobalAveragePool(x);
}
