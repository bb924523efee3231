using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Tensors;

/// <summary>
/// A residual block (He et al. 2016): relu(x + convolve(relu(convolve(x)))). Layers give names, initial values and the shape;
/// the gradients follow from the tensor operations.
/// </summary>
internal sealed class Residual : Layer
{
    private readonly int _channels;
    private readonly Conv2d _first, _second;

    public Residual(int channels)
    {
        _channels = channels;
        AddChild("first", _first = new Conv2d(channels, channels, kernel: 3, padding: 1));
        AddChild("second", _second = new Conv2d(channels, channels, kernel: 3, padding: 1));
    }

    public override string Description => $"Residual {_channels}";

    public override Shape OutputShape(Shape input) => _second.OutputShape(_first.OutputShape(input));

    protected override Tensor Compute(Tensor x, ForwardContext context)
    {
        using var first = _first.Forward(x, context);
        using var middle = first.Relu();
        using var second = _second.Forward(middle, context);
        using var sum = x + second;
        return sum.Relu();
    }
}
