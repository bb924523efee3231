using Engine.Tensors.Autograd;

namespace Engine.Tensors;

public sealed partial class Tensor
{
    /// <summary>
    /// A two-dimensional convolution (cross-correlation, as in PyTorch): x [N, C, H, W], weight [K, C/groups, KH, KW],
    /// bias [K] or null, to [N, K, OH, OW]. Negatives are cut to zero if <paramref name="relu"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The shapes or options do not fit, or the devices differ.</exception>
    public static Tensor Conv2d(Tensor x, Tensor weight, Tensor? bias = null, Conv2dOptions? options = null, bool relu = false) =>
        Convolve(nameof(Conv2d), x, weight, bias, options ?? new Conv2dOptions(), relu);

    /// <summary>
    /// A one-dimensional convolution: x [N, C, L], weight [K, C/groups, KL], bias [K] or null, to [N, K, OL]; the options'
    /// widths apply (see <see cref="Conv2dOptions.Line"/>).
    /// </summary>
    /// <exception cref="ArgumentException">The shapes or options do not fit, or the devices differ.</exception>
    public static Tensor Conv1d(Tensor x, Tensor weight, Tensor? bias = null, Conv2dOptions? options = null, bool relu = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(weight);
        if (x.Rank != 3 || weight.Rank != 3) Throw.Argument($"Conv1d: input {x.Shape} and weight {weight.Shape} must be [N, C, L] and [K, C/groups, KL].");
        using var image = x.Reshape(x.Shape[0], x.Shape[1], 1, x.Shape[2]);
        using var kernel = weight.Reshape(weight.Shape[0], weight.Shape[1], 1, weight.Shape[2]);
        using var result = Convolve(nameof(Conv1d), image, kernel, bias, options ?? new Conv2dOptions(), relu);
        return result.Reshape(result.Shape[0], result.Shape[1], result.Shape[3]);
    }

    private static Tensor Convolve(string operation, Tensor x, Tensor weight, Tensor? bias, Conv2dOptions options, bool relu)
    {
        CheckOperands(operation, x, weight);
        var geometry = new Conv2dGeometry(x.Shape, weight.Shape, options, operation);
        if (bias is not null)
        {
            CheckOperands(operation, x, bias);
            if (bias.Rank != 1 || bias.Count != geometry.Filters) Throw.Argument($"{operation}: bias {bias.Shape} must be [{geometry.Filters}], one value for each filter of weight {weight.Shape}.");
        }

        var result = Empty(geometry.OutputShape, x.Device);
        x.Device.Backend.Conv2d(geometry, x, weight, bias, relu, result);
        using var alive = relu && Tape.NeedsGradient(x, weight, bias) ? result.NonZeroBits() : null;
        Tape.Record([result], [x, weight, bias], alive is null ? [x, weight] : [x, weight, alive], Conv2dGradients.Conv2d(geometry, relu));
        return result;
    }
}
