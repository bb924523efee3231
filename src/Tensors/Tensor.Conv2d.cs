using System.ComponentModel;
using Engine.Tensors.Autograd;
using Engine.Tensors.Cpu;

namespace Engine.Tensors;

public sealed partial class Tensor
{
    /// <summary>
    /// A two-dimensional convolution (cross-correlation, as in PyTorch): x [N, C, H, W], weight [K, C/groups, KH, KW],
    /// bias [K] or null, to [N, K, OH, OW]. Negatives are cut to zero if <paramref name="relu"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The shapes or options do not fit, or the devices differ.</exception>
    public static Tensor Conv2d(Tensor x, Tensor weight, Tensor? bias = null, Conv2dOptions? options = null, bool relu = false) =>
        Convolve(nameof(Conv2d), x, weight, bias, options, relu, line: false);

    /// <summary>
    /// A one-dimensional convolution: x [N, C, L], weight [K, C/groups, KL], bias [K] or null, to [N, K, OL]; the options'
    /// widths apply (see <see cref="Conv2dOptions.Line"/>).
    /// </summary>
    /// <exception cref="ArgumentException">The shapes or options do not fit, or the devices differ.</exception>
    public static Tensor Conv1d(Tensor x, Tensor weight, Tensor? bias = null, Conv2dOptions? options = null, bool relu = false) =>
        Convolve(nameof(Conv1d), x, weight, bias, options, relu, line: true);

    /// <summary>
    /// <see cref="MaxPool2d"/> of <see cref="Conv2d"/>, without the memory between where nothing is recorded and the processor
    /// has a kernel for it.
    /// </summary>
    /// <exception cref="ArgumentException">The shapes or options do not fit, or the devices differ.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static Tensor ConvMaxPool2d(
        Tensor x, Tensor weight, Tensor? bias, Conv2dOptions options, bool relu, Pool2dOptions pool)
    {
        var geometry = CheckConvolution(nameof(ConvMaxPool2d), x, weight, bias, options, line: false);
        var windows = new Pool2dGeometry(geometry.OutputShape, pool, nameof(ConvMaxPool2d));
        if (!Tape.NeedsGradient(x, weight, bias) && x.Device.Backend is CpuBackend)
        {
            var result = Empty(windows.OutputShape, x.Device);
            if (CpuBackend.TryConvMaxPool(geometry, windows, x, weight, bias, relu, result)) return result;
            result.Dispose();
        }

        using var output = Convolve(geometry, x, weight, bias, relu);
        return MaxPool2d(output, pool);
    }

    private static Tensor Convolve(
        string operation, Tensor x, Tensor weight, Tensor? bias, Conv2dOptions? options, bool relu, bool line)
    {
        var geometry = CheckConvolution(operation, x, weight, bias, options ?? new Conv2dOptions(), line);
        if (!line) return Convolve(geometry, x, weight, bias, relu);
        using var image = x.Reshape(x.Shape[0], x.Shape[1], 1, x.Shape[2]);
        using var kernel = weight.Reshape(weight.Shape[0], weight.Shape[1], 1, weight.Shape[2]);
        using var output = Convolve(geometry, image, kernel, bias, relu);
        return output.Reshape(geometry.Batch, geometry.Filters, geometry.OutputWidth);
    }

    private static Conv2dGeometry CheckConvolution(
        string operation, Tensor x, Tensor weight, Tensor? bias, Conv2dOptions options, bool line)
    {
        CheckOperands(operation, x, weight);
        var geometry = new Conv2dGeometry(x.Shape, weight.Shape, options, operation, line);
        if (bias is not null)
        {
            CheckOperands(operation, x, bias);
            if (bias.Rank != 1 || bias.Count != geometry.Filters)
                Throw.Argument($"{operation}: bias {bias.Shape} must be [{geometry.Filters}], one value for each filter of "
                    + $"weight {weight.Shape}.");
        }

        return geometry;
    }

    private static Tensor Convolve(in Conv2dGeometry geometry, Tensor x, Tensor weight, Tensor? bias, bool relu)
    {
        var result = Empty(geometry.OutputShape, x.Device);
        x.Device.Backend.Conv2d(geometry, x, weight, bias, relu, result);
        using var alive = relu && Tape.NeedsGradient(x, weight, bias) ? result.NonZeroBits() : null;
        Tape.Record([result], [x, weight, bias], alive is null ? [x, weight] : [x, weight, alive],
            Conv2dGradients.Conv2d(geometry, relu));
        return result;
    }
}
