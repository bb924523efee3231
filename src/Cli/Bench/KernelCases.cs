using Engine.Tensors;
using Engine.Tensors.Operators;

namespace Engine.Cli.Bench;

/// <summary>One kernel to time.</summary>
/// <param name="Name">The operation.</param>
/// <param name="Sizes">On what.</param>
/// <param name="Amount">What one call does: operations, or bytes that it must read and write at least.</param>
/// <param name="IsFlops">Whether the amount is operations.</param>
/// <param name="Prepare">Makes the operands on the device and returns one call.</param>
internal sealed record KernelCase(string Name, string Sizes, double Amount, bool IsFlops, Func<Operands, Action> Prepare);

/// <summary>Operands on a device: random numbers between 0.1 and 1, which every operation takes; a million of them, over and over.</summary>
internal sealed class Operands(Device device)
{
    private static readonly float[] s_numbers = Make();

    /// <summary>The operations.</summary>
    public IBackend Backend => device.Backend;

    /// <summary>An operand.</summary>
    public Tensor Draw(params ReadOnlySpan<int> sizes) => Tensor.From(Numbers(new Shape(sizes).Count), new Shape(sizes), device);

    /// <summary>Numbers on the host.</summary>
    public static float[] Numbers(int count)
    {
        var values = new float[count];
        for (var i = 0; i < count; i += s_numbers.Length) s_numbers.AsSpan(0, Math.Min(s_numbers.Length, count - i)).CopyTo(values.AsSpan(i));
        return values;
    }

    /// <summary>Memory for a result.</summary>
    public Tensor Result(params ReadOnlySpan<int> sizes) => Tensor.Zeros(new Shape(sizes), device);

    /// <summary>Whole numbers, all 0.</summary>
    public Tensor Indices(params ReadOnlySpan<int> sizes) => Tensor.FromIndices(new int[new Shape(sizes).Count], new Shape(sizes), device);

    private static float[] Make()
    {
        var random = new RandomStream(1, "bench");
        var values = new float[1 << 20];
        foreach (ref var value in values.AsSpan()) value = (float)(0.1 + 0.9 * random.NextDouble());
        return values;
    }
}

/// <summary>The kernels that networks spend their time in, at the sizes of the recipes.</summary>
internal static class KernelCases
{
    // 64 MiB: beyond the caches of most processors, and enough for every unit of a GPU.
    private const int Long = 16 << 20;

    /// <summary>The cases.</summary>
    public static IReadOnlyList<KernelCase> All { get; } =
    [
        MatMul(1024, 1024, 1024, "square"), MatMul(20, 36_864, 120, "dense layer of cs464-conv2d"), MatMul(6400, 1200, 1600, "input of cs464-lstm"),
        .. Convolution("cs464-conv2d, second layer", [8, 16, 398, 398], [16, 16, 3, 3], new()),
        .. Convolution("3×3, 128 channels", [8, 128, 56, 56], [128, 128, 3, 3], Conv2dOptions.Uniform(padding: 1)),
        .. Convolution("cs464-conv1d-raw, second layer", [4, 8, 1, 68_903], [16, 8, 1, 52], new()),
        .. Lstm(64, 50, 400, 400),
        Bytes("Add", 12, o => (Tensor a, Tensor b, Tensor c) => o.Backend.Binary<Add>(a, b, c)),
        Bytes("Relu", 8, o => (Tensor a, Tensor _, Tensor c) => o.Backend.Unary<Relu>(a, 0, c)),
        Bytes("Tanh", 8, o => (Tensor a, Tensor _, Tensor c) => o.Backend.Unary<Tanh>(a, 0, c)),
        Bytes("Gelu", 8, o => (Tensor a, Tensor _, Tensor c) => o.Backend.Unary<Gelu>(a, 0, c)),
        Bytes("Dropout", 8, o => (Tensor a, Tensor _, Tensor c) => o.Backend.Dropout(a, 0.5f, 1, 2, 3, c)),
        new("Sum of all", $"[{Long}]", 4.0 * Long, false, o => Call(o.Draw(Long), o.Result(1), o.Backend.Sum)),
        new("Sum of rows", "[16384, 1024]", 4.0 * Long, false, o => Call(o.Draw(16384, 1024), o.Result(16384, 1), o.Backend.Sum)),
        new("Sum of columns", "[16384, 1024]", 4.0 * Long, false, o => Call(o.Draw(16384, 1024), o.Result(1, 1024), o.Backend.Sum)),
        new("Softmax", "[16384, 1024]", 8.0 * Long, false, o => Call(o.Draw(16384, 1024), o.Result(16384, 1024), (x, y) => o.Backend.Softmax(x, false, y))),
        new("LayerNorm", "[16384, 1024]", 8.0 * Long, false, LayerNorm), new("ChannelStatistics", "[64, 64, 4096]", 4.0 * Long, false, Statistics),
        new("MaxPool2d 2×2", "[16, 16, 256, 256]", 5.25 * Long, false, o => MaxPool(o)), new("Transpose", "[4096, 4096]", 8.0 * Long, false, o => Call(o.Draw(4096, 4096), o.Result(4096, 4096), (x, y) => o.Backend.CopyStrided(x, 0, [1, 4096], y))),
        new("Spectrogram", "power of 2048, hop 512, of [16, 661794]", 16.0 * 4 * (661_794 + 1293 * 1025), false, Spectrogram),
        new("Adam", $"[{Long}]", 28.0 * Long, false, Adam),
    ];

    private static KernelCase MatMul(int m, int k, int n, string name) => new("MatMul", $"{m}×{k}·{k}×{n}, {name}", 2.0 * m * n * k, true, o =>
    {
        Tensor a = o.Draw(m, k), b = o.Draw(n, k), c = o.Result(m, n);
        return () => o.Backend.MatMul(a, false, b, true, c);
    });

    private static KernelCase[] Convolution(string name, int[] x, int[] w, Conv2dOptions options)
    {
        var g = new Conv2dGeometry(new Shape(x), new Shape(w), options, "bench");
        var flops = 2.0 * g.OutputShape.Count * g.GroupChannels * g.KernelHeight * g.KernelWidth;
        return
        [
            new("Conv2d", name, flops, true, o =>
            {
                Tensor input = o.Draw(x), weight = o.Draw(w), output = o.Result(g.OutputShape.Sizes);
                return () => o.Backend.Conv2d(g, input, weight, null, false, output);
            }),
            new("Conv2dInputGradient", name, flops, true, o =>
            {
                Tensor gradient = o.Draw(g.OutputShape.Sizes), weight = o.Draw(w), gradInput = o.Result(x);
                return () => o.Backend.Conv2dInputGradient(g, gradient, weight, gradInput);
            }),
            new("Conv2dWeightGradient", name, flops, true, o =>
            {
                Tensor input = o.Draw(x), gradient = o.Draw(g.OutputShape.Sizes), gradWeight = o.Result(w);
                return () => o.Backend.Conv2dWeightGradient(g, input, gradient, gradWeight, null);
            }),
        ];
    }

    private static KernelCase[] Lstm(int n, int t, int f, int h)
    {
        var (sizes, flops) = ($"[{n}, {t}, {f}] to {h} units", 2.0 * n * t * 4 * h * (f + h));
        return
        [
            new("Lstm", sizes, flops, true, o => Passes(o).Forward),
            // The gradient overwrites the history, so each call has its forward pass before it.
            new("Lstm and its gradient", sizes, 3 * flops, true, o =>
            {
                var (forward, backward) = Passes(o);
                return () =>
                {
                    forward();
                    backward();
                };
            }),
        ];

        (Action Forward, Action Backward) Passes(Operands o)
        {
            Tensor x = o.Draw(n, t, f), wi = o.Draw(4 * h, f), wh = o.Draw(4 * h, h), bias = o.Draw(4 * h), output = o.Result(n, t, h), cell = o.Result(n, h);
            Tensor history = o.Result(o.Backend.LstmHistory(n, t, h).Sizes), gradient = o.Draw(n, t, h);
            Tensor dx = o.Result(n, t, f), dwi = o.Result(4 * h, f), dwh = o.Result(4 * h, h), db = o.Result(4 * h);
            return (
                () => o.Backend.Lstm(x, wi, wh, bias, false, output, cell, history),
                () => o.Backend.LstmGradient(x, wi, wh, false, output, history, gradient, null, dx, dwi, dwh, db));
        }
    }

    // An operation on one or two long vectors.
    private static KernelCase Bytes(string name, int bytes, Func<Operands, Action<Tensor, Tensor, Tensor>> operation) => new(name, $"[{Long}]", (double)bytes * Long, false, o =>
    {
        Tensor a = o.Draw(Long), result = o.Result(Long), b = bytes == 12 ? o.Draw(Long) : a;
        var run = operation(o);
        return () => run(a, b, result);
    });

    private static Action Call(Tensor x, Tensor y, Action<Tensor, Tensor> operation) => () => operation(x, y);

    private static Action LayerNorm(Operands o)
    {
        Tensor x = o.Draw(16384, 1024), weight = o.Draw(1024), bias = o.Draw(1024), result = o.Result(16384, 1024), statistics = o.Result(16384, 2);
        return () => o.Backend.LayerNorm(x, weight, bias, 1e-5f, result, statistics);
    }

    private static Action Statistics(Operands o)
    {
        Tensor x = o.Draw(64, 64, 4096), mean = o.Result(64), variance = o.Result(64);
        return () => o.Backend.ChannelStatistics(x, mean, variance);
    }

    private static Action MaxPool(Operands o)
    {
        var g = new Pool2dGeometry(new Shape(16, 16, 256, 256), Pool2dOptions.Square(2), "bench");
        Tensor x = o.Draw(16, 16, 256, 256), result = o.Result(g.OutputShape.Sizes), places = o.Indices(o.Backend.MaxPool2dPlaces(g).Sizes);
        return () => o.Backend.MaxPool2d(g, x, result, places);
    }

    private static Action Spectrogram(Operands o)
    {
        var g = new SpectrogramGeometry(new Shape(16, 661_794), new Shape(2048), new(), "bench");
        Tensor x = o.Draw(16, 661_794), window = o.Draw(2048), result = o.Result(g.Output.Sizes);
        return () => o.Backend.Spectrogram(g, x, window, result);
    }

    private static Action Adam(Operands o)
    {
        Tensor g = o.Draw(Long), p = o.Draw(Long), m = o.Draw(Long), v = o.Draw(Long);
        var factors = new UpdateFactors { StateRate = 1e-6f, FirstShare = 0.1f, SecondShare = 0.001f, Epsilon = 1e-8f };
        return () => o.Backend.Update<UpdateRules.Adam>(factors, null, [new(p, g, m, v)]);
    }
}
