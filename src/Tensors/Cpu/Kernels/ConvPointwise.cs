namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Convolutions with 1 × 1 kernels, stride 1 and no padding: each image is a product of matrices as it lies in memory, output
/// [K, H·W] = weight [K, C] · input [C, H·W], so nothing has to be gathered. Results are overwritten.
/// </summary>
internal static unsafe class ConvPointwise
{
    // Multiply-adds from which one image's product is worth dividing among the threads; below, they take images.
    private const long LargeProduct = 1 << 23;

    /// <summary>output[n] = weight · input[n] + bias, cut at zero on request.</summary>
    public static void Forward(Conv2dGeometry g, float* input, float* weight, float* bias, bool relu, float* output)
    {
        var (channels, filters, plane) = (g.Channels, g.Filters, g.Height * g.Width);
        ForImages(g, (image, threads) => Gemm.Run(
            filters, plane, channels, new MatrixOperand<float>(weight, channels, 1),
            new MatrixOperand<float>(input + (long)image * channels * plane, 1, plane),
            output + (long)image * filters * plane, plane, false, new GemmEpilogue<float>(bias, null, relu), threads: threads));
    }

    /// <summary>gradInput[n] = weightᵀ · gradOutput[n].</summary>
    public static void InputGradient(Conv2dGeometry g, float* gradOutput, float* weight, float* gradInput)
    {
        var (channels, filters, plane) = (g.Channels, g.Filters, g.Height * g.Width);
        ForImages(g, (image, threads) => Gemm.Run(
            channels, plane, filters, new MatrixOperand<float>(weight, 1, channels),
            new MatrixOperand<float>(gradOutput + (long)image * filters * plane, 1, plane),
            gradInput + (long)image * channels * plane, plane, threads: threads));
    }

    private static void ForImages(Conv2dGeometry g, Action<int, int> product)
    {
        if (g.Batch == 1 || (long)g.Channels * g.Filters * g.Height * g.Width >= LargeProduct)
        {
            for (var image = 0; image < g.Batch; image++) product(image, 0);
            return;
        }

        WorkerPool.Run(g.Batch, image => product(image, 1));
    }
}
