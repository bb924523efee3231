using Engine.Tensors;
using Engine.Tensors.Cpu.Kernels;
using Engine.Tensors.Gpu;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>
/// What <see cref="Conv2dTests"/> does not reach: every tile over several groups, images at odd offsets, the recipes' kernels.
/// </summary>
[Collection(nameof(OpenClTests))]
public sealed class Conv2dKernelTests : IDisposable
{
    private static readonly Dictionary<string, GpuTile> s_tiles = new()
    {
        [nameof(GpuTile.Large)] = GpuTile.Large,
        [nameof(GpuTile.Medium)] = GpuTile.Medium,
        [nameof(GpuTile.Small)] = GpuTile.Small,
        [nameof(GpuTile.Wide32)] = GpuTile.Wide32,
        [nameof(GpuTile.Wide16)] = GpuTile.Wide16,
        [nameof(GpuTile.Wide8)] = GpuTile.Wide8,
        [nameof(GpuTile.Flat16)] = GpuTile.Flat16,
    };

    private readonly TensorScope _scope = new();

    public static TheoryData<string> Tiles => [.. s_tiles.Keys];

    public static TheoryData<int[], int[], Conv2dOptions> Recipes => new()
    {
        { [2, 3, 40, 37], [16, 3, 3, 3], Conv2dOptions.Uniform() },
        { [2, 16, 30, 30], [16, 16, 3, 3], Conv2dOptions.Uniform() },
        { [2, 1, 64, 28], [32, 1, 4, 4], Conv2dOptions.Uniform() },
        { [1, 32, 14, 18], [64, 32, 3, 3], Conv2dOptions.Uniform(padding: 1) },
        { [2, 1, 1, 6001], [8, 1, 1, 27], Conv2dOptions.Line(stride: 2) },
        { [2, 8, 1, 1300], [16, 8, 1, 52], Conv2dOptions.Line() },
        { [1, 16, 1, 700], [48, 16, 1, 97], Conv2dOptions.Line(stride: 2) },
    };

    public void Dispose()
    {
        GpuTile.Forced = null;
        _scope.Dispose();
    }

    // Rows, positions and taps beyond one tile and ragged; with padding and stride, so taps fall outside.
    [GpuTheory]
    [MemberData(nameof(Tiles))]
    public void Conv2d_EveryTile_MatchesReference(string tile)
    {
        GpuTile.Forced = s_tiles[tile];
        var filters = GpuTile.Forced.M + 3;
        Run([3, 3, 13, 11], [filters, 3, 3, 5], Conv2dOptions.Uniform());
        Run([3, 4, 13, 12], [2 * filters, 2, 3, 3],
            new Conv2dOptions
            {
                StrideHeight = 2,
                StrideWidth = 3,
                PadTop = 1,
                PadLeft = 2,
                PadBottom = 3,
                DilationWidth = 2,
                Groups = 2
            });
    }

    [GpuTheory]
    [MemberData(nameof(Recipes))]
    public void Conv2d_KernelsOfRecipes_MatchReference(int[] input, int[] weight, Conv2dOptions options) =>
    Run(input, weight, options);

    // Every stride with every dilation, also where they share a divisor and some input pixels meet no tap at all.
    [GpuFact]
    public void Conv2d_StridesAndDilations_MatchReference()
    {
        foreach (var stride in new[] { 1, 2, 3, 4, 6 })
        {
            foreach (var dilation in new[] { 1, 2, 3, 4 })
            {
                Run([2, 2, 1, 50], [3, 2, 1, 4], Conv2dOptions.Line(stride, padding: 2, dilation));
                Run([1, 1, 17, 15], [2, 1, 3, 2], Conv2dOptions.Uniform(stride, padding: 1, dilation));
            }
        }
    }

    [GpuFact]
    public void Conv2d_ConstantPictures_StayWithinWorstRounding() =>
        ConvCheck.Run(new Shape(2, 3, 20, 20), new Shape(5, 3, 3, 3), Conv2dOptions.Uniform(padding: 1), ConvAlgorithm.Direct, 1,
            constant: true, device: Device.Get(TestDevice.Gpu));

    // Operands and results inside larger blocks, at offsets that no float4 can have; what lies around stays.
    [GpuFact]
    public void Conv2d_ViewsAtOddOffsets_MatchWholeTensors()
    {
        var device = Device.Get(TestDevice.Gpu);
        var geometry = new Conv2dGeometry(new Shape(2, 3, 10, 12), new Shape(6, 3, 3, 3), Conv2dOptions.Uniform(padding: 1),
            "Conv2d");
        var random = new RandomStream(4, "views");
        float[] x = GradCheck.Draw(random, 720), w = GradCheck.Draw(random, 162), b = GradCheck.Draw(random, 6),
        g = GradCheck.Draw(random, 1440);
        var (whole, views) = (All(0), All(3));
        for (var i = 0; i < whole.Length; i++) Assert.Equal(whole[i], views[i]);

        float[][] All(int offset)
        {
            var (input, weight, bias, gradOutput) =
                (View(x, new Shape(2, 3, 10, 12)), View(w, new Shape(6, 3, 3, 3)), View(b, new Shape(6)),
                View(g, geometry.OutputShape));
            var (output, gradInput, gradWeight, gradBias) =
                (View(g, geometry.OutputShape), View(x, input.Shape), View(w, weight.Shape), View(b, bias.Shape));
            device.Backend.Conv2d(geometry, input, weight, bias, true, output);
            device.Backend.Conv2dInputGradient(geometry, gradOutput, weight, gradInput);
            device.Backend.Conv2dWeightGradient(geometry, input, gradOutput, gradWeight, gradBias);
            foreach (var result in new[] { output, gradInput, gradWeight, gradBias })
            {
                var margin = new float[offset + 4];
                result.Alias(new Shape(offset), -offset).ToArray().CopyTo(margin, 0);
                result.Alias(new Shape(4), result.Count).ToArray().CopyTo(margin, offset);
                Assert.All(margin, v => Assert.Equal(-7, v));
            }

            return [output.ToArray(), gradInput.ToArray(), gradWeight.ToArray(), gradBias.ToArray()];

            Tensor View(float[] values, Shape shape) => Tensor.From(
                [.. Enumerable.Repeat(-7f, offset), .. values, .. Enumerable.Repeat(-7f, 4)],
                new Shape(values.Length + offset + 4), device).Alias(shape, offset);
        }
    }

    private static void Run(int[] input, int[] weight, Conv2dOptions options) =>
        ConvCheck.Run(new Shape(input), new Shape(weight), options, ConvAlgorithm.Direct, device: Device.Get(TestDevice.Gpu));
}
