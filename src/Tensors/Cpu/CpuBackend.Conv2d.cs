using Engine.Tensors.Autograd;
using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tensors.Cpu;

internal sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    void IBackend.Conv2d(in Conv2dGeometry geometry, Tensor input, Tensor weight, Tensor? bias, bool relu, Tensor output)
    {
        using var lease = new StorageLease(input, weight, bias, output);
        var biases = bias is null ? null : Floats(bias);
        var weights = new WeightSource(weight, keeps: !Tape.IsRecording);
        switch (ConvAlgorithms.Of(geometry, weights.Keeps))
        {
            case ConvAlgorithm.Winograd:
                ConvWinograd.Forward(geometry, ConvPool.None, Floats(input), weights, biases, relu, Floats(output));
                break;
            case ConvAlgorithm.Fft:
                ConvFft.Forward(geometry, Floats(input), weights, biases, relu, Floats(output));
                break;
            case ConvAlgorithm.Pointwise:
                ConvPointwise.Forward(geometry, Floats(input), Floats(weight), biases, relu, Floats(output));
                break;
            case ConvAlgorithm.Depthwise:
                Depthwise.Forward(geometry, Floats(input), Floats(weight), biases, relu, Floats(output));
                break;
            default:
                Conv2d.Forward(geometry, ConvPool.None, Floats(input), weights, biases, relu, Floats(output));
                break;
        }
    }

    /// <summary>
    /// The maxima of windows of a convolution's output [N, K, OH, OW], computed while that is in the cache; false: no kernel does
    /// this for these shapes, and nothing was done.
    /// </summary>
    public static bool TryConvMaxPool(
        in Conv2dGeometry geometry, in Pool2dGeometry windows, Tensor input, Tensor weight, Tensor? bias, bool relu,
        Tensor output)
    {
        if (!ConvPool.Serves(windows)) return false;
        using var lease = new StorageLease(input, weight, bias, output);
        var pool = new ConvPool(windows.KernelHeight, windows.KernelWidth);
        var biases = bias is null ? null : Floats(bias);
        var weights = new WeightSource(weight, keeps: !Tape.IsRecording);
        switch (ConvAlgorithms.Of(geometry, weights.Keeps))
        {
            case ConvAlgorithm.Winograd when ConvWinograd.Serves(pool):
                ConvWinograd.Forward(geometry, pool, Floats(input), weights, biases, relu, Floats(output));
                return true;
            case ConvAlgorithm.Direct:
                Conv2d.Forward(geometry, pool, Floats(input), weights, biases, relu, Floats(output));
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    public void Conv2dInputGradient(in Conv2dGeometry geometry, Tensor gradOutput, Tensor weight, Tensor gradInput)
    {
        using var lease = new StorageLease(gradOutput, weight, gradInput);
        switch (ConvAlgorithms.Of(geometry))
        {
            case ConvAlgorithm.Winograd:
                ConvWinograd.InputGradient(geometry, Floats(gradOutput), Floats(weight), Floats(gradInput));
                break;
            case ConvAlgorithm.Fft:
                ConvFft.InputGradient(geometry, Floats(gradOutput), Floats(weight), Floats(gradInput));
                break;
            case ConvAlgorithm.Pointwise:
                ConvPointwise.InputGradient(geometry, Floats(gradOutput), Floats(weight), Floats(gradInput));
                break;
            case ConvAlgorithm.Depthwise:
                DepthwiseInputGradient.Run(geometry, Floats(gradOutput), Floats(weight), Floats(gradInput));
                break;
            default:
                Conv2d.InputGradient(geometry, Floats(gradOutput), Floats(weight), Floats(gradInput));
                break;
        }
    }

    /// <inheritdoc/>
    public void Conv2dWeightGradient(
        in Conv2dGeometry geometry, Tensor input, Tensor gradOutput, Tensor gradWeight, Tensor? gradBias)
    {
        using var lease = new StorageLease(input, gradOutput, gradWeight, gradBias);
        var biases = gradBias is null ? null : Floats(gradBias);
        switch (ConvAlgorithms.Of(geometry))
        {
            case ConvAlgorithm.Winograd:
                ConvWinogradWeight.Run(geometry, Floats(input), Floats(gradOutput), Floats(gradWeight), biases);
                break;
            case ConvAlgorithm.Fft:
                ConvFftWeight.Run(geometry, Floats(input), Floats(gradOutput), Floats(gradWeight), biases);
                break;
            case ConvAlgorithm.Depthwise:
                DepthwiseWeightGradient.Run(geometry, Floats(input), Floats(gradOutput), Floats(gradWeight), biases);
                break;
            default:
                ConvWeightGradient.Run(geometry, Floats(input), Floats(gradOutput), Floats(gradWeight), biases);
                break;
        }
    }
}
