using Engine.Cli.Cases;
using Engine.Tensors;
using Engine.Tensors.Gpu;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>Matrix products on tensor cores: those of the rounded operands, to float32's budget.</summary>
public class CudaTf32Tests
{
    [CudaTheory]
    [InlineData(128, 128, 8, false, false)]
    [InlineData(128, 128, 64, false, true)]
    [InlineData(256, 128, 40, true, false)]
    [InlineData(150, 201, 37, true, true)]
    [InlineData(64, 300, 19, false, false)]
    [InlineData(132, 136, 300, false, false)]
    [InlineData(132, 136, 300, true, true)]
    public void MatMul_AllowedTf32_IsTheProductOfRoundedOperands(int m, int n, int k, bool transposeA, bool transposeB)
    {
        var device = Device.Get("cuda+tf32");
        var random = new RandomStream(1, "tf32");
        float[] a = GradCheck.Draw(random, m * k), b = GradCheck.Draw(random, k * n);
        using var left = Tensor.From(a, transposeA ? new Shape(k, m) : new Shape(m, k), device);
        using var right = Tensor.From(b, transposeB ? new Shape(n, k) : new Shape(k, n), device);
        GpuTile.Forced = GpuTile.Large;
        try
        {
            using var product = Tensor.MatMul(left, right, transposeA, transposeB);
            double[] roundedA = Array.ConvertAll(a, Round), roundedB = Array.ConvertAll(b, Round);
            var expected = MatMulCases.Product(roundedA, roundedB, m, n, k, transposeA, transposeB);
            var magnitude = MatMulCases.Product(
                Array.ConvertAll(roundedA, Math.Abs), Array.ConvertAll(roundedB, Math.Abs), m, n, k, transposeA, transposeB);

            // Tensor cores add products with fewer bits than a fused multiply-add keeps.
            var actual = product.ToArray();
            for (var i = 0; i < actual.Length; i++)
            {
                var budget = 8 * Math.ScaleB(1, -24) * k * magnitude[i];
                Assert.True(Math.Abs(actual[i] - expected[i]) <= budget, $"[{i}]: expected {expected[i]}, got {actual[i]}.");
            }
        }
        finally
        {
            GpuTile.Forced = null;
        }
    }

    // To ten bits of fraction, ties away from zero.
    private static double Round(float x) =>
        BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(x) + 0x1000) & ~0x1FFFu);
}
