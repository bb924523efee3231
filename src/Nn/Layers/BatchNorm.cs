using Engine.Tensors;

namespace Engine.Nn.Layers;

/// <summary>
/// Batch normalisation of each channel (Ioffe and Szegedy 2015) with <c>weight</c>, <c>bias</c> and the buffers
/// <c>running_mean</c>, <c>running_var</c>, all [C]. If weight and bias are frozen, training passes leave the running statistics
/// as they are and normalise by them, as evaluation does.
/// </summary>
public abstract class BatchNorm : Layer
{
    private readonly int _channels;
    private readonly float _momentum;
    private readonly float _epsilon;
    private readonly Parameter _weight;
    private readonly Parameter _bias;
    private readonly Parameter _mean;
    private readonly Parameter _variance;

    private protected BatchNorm(int channels, double momentum, double epsilon)
    {
        var kind = GetType().Name;
        _channels = Guard.Positive(kind, nameof(channels), channels);
        if (!(momentum is >= 0 and <= 1)) Guard.Argument($"{kind}: momentum is {momentum}; it must be between 0 and 1.");
        _momentum = (float)momentum;
        _epsilon = (float)Guard.AboveZero(kind, nameof(epsilon), epsilon);
        var shape = new Shape(channels);
        _weight = AddParameter("weight", shape, Initializers.Ones);
        _bias = AddParameter("bias", shape, Initializers.Zeros);
        _mean = AddBuffer("running_mean", shape, Initializers.Zeros);
        _variance = AddBuffer("running_var", shape, Initializers.Ones);
    }

    /// <inheritdoc/>
    public override string Description => $"{GetType().Name} {_channels}";

    internal override bool SuitsSampleBySample => true;

    private protected abstract (string Form, int MinRank, int MaxRank) Form { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        CheckInput(input, Form.Form, Form.MinRank, Form.MaxRank, 1, _channels);
        return input;
    }

    internal override LayerMemory Memory(Shape input) => new() { KeepsInput = true };

    /// <summary>All that evaluation depends on.</summary>
    internal ReadOnlySpan<Tensor> Values => new[] { _weight.Value, _bias.Value, _mean.Value, _variance.Value };

    /// <summary>What evaluation does to each channel: x · scale + shift.</summary>
    internal (double[] Scale, double[] Shift) Affine()
    {
        var (weight, bias) = (_weight.Value.ToArray(), _bias.Value.ToArray());
        var (mean, variance) = (_mean.Value.ToArray(), _variance.Value.ToArray());
        double[] scale = [.. weight.Zip(variance, (w, v) => w / Math.Sqrt((double)v + _epsilon))];
        return (scale, [.. Enumerable.Range(0, _channels).Select(c => bias[c] - mean[c] * scale[c])]);
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x, ForwardContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var values = (long)x.Shape[0] * x.Shape.Product(2, x.Rank);
        var learns = context.Training && !(_weight.IsFrozen && _bias.IsFrozen);
        if (learns && values < 2)
            Guard.Argument($"{Where}: input {x.Shape} has {values} values in a channel; training needs two or more.");
        return Tensor.BatchNorm(x, _weight.Value, _bias.Value, _mean.Value, _variance.Value, learns, _momentum,
            _epsilon);
    }
}

/// <summary>Batch normalisation of features [N, C] or series [N, C, L].</summary>
public sealed class BatchNorm1d : BatchNorm
{
    /// <summary>
    /// Creates the layer with PyTorch's defaults; momentum is the weight of each batch in the running statistics.
    /// </summary>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public BatchNorm1d(int channels, double momentum = 0.1, double epsilon = 1e-5)
        : base(channels, momentum, epsilon)
    {
    }

    private protected override (string Form, int MinRank, int MaxRank) Form => ("[N, C] or [N, C, L]", 2, 3);
}

/// <summary>Batch normalisation of images [N, C, H, W].</summary>
public sealed class BatchNorm2d : BatchNorm
{
    /// <summary>
    /// Creates the layer with PyTorch's defaults; momentum is the weight of each batch in the running statistics.
    /// </summary>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public BatchNorm2d(int channels, double momentum = 0.1, double epsilon = 1e-5)
        : base(channels, momentum, epsilon)
    {
    }

    private protected override (string Form, int MinRank, int MaxRank) Form => ("[N, C, H, W]", 4, 4);
}
