using Engine.Cli.Cases;
using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tensors.Cpu.Kernels;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

/// <summary>Some operations of one family, forwards and backwards, and what comes out.</summary>
internal sealed record OperationFamily(string Name, Action<FamilyRun> Body)
{
    /// <summary>Runs it; the same scale gives the same bits.</summary>
    /// <param name="scale">The size of operands.</param>
    /// <param name="gradientScale">The size of gradients that results get.</param>
    public List<float[]> Run(float scale = 1, float gradientScale = 1)
    {
        var run = new FamilyRun(scale, gradientScale);
        using var scope = new TensorScope();
        Body(run);
        return run.Results;
    }

    public override string ToString() => Name;
}

/// <summary>Draws operands and gathers results.</summary>
internal sealed class FamilyRun(float scale, float gradientScale)
{
    private readonly RandomStream _random = new(5, "kernel families");
    private readonly List<Tensor> _leaves = [];

    public List<float[]> Results { get; } = [];

    /// <summary>A random operand of the run's scale, whose gradient is a result too.</summary>
    public Tensor Leaf(params int[] sizes)
    {
        var leaf = Values(sizes);
        leaf.RequiresGrad = true;
        _leaves.Add(leaf);
        return leaf;
    }

    /// <summary>A random operand of the run's scale.</summary>
    public Tensor Values(params int[] sizes)
    {
        var shape = new Shape(sizes);
        return Tensor.From(Draw(shape.Count, scale), shape);
    }

    /// <summary>Whole numbers below a bound.</summary>
    public Tensor Indices(int count, int bound) =>
        Tensor.FromIndices([.. Enumerable.Range(0, count).Select(i => i * 7 % bound)], new Shape(count));

    /// <summary>Computes a result, its gradients from a random one, and forgets the leaves.</summary>
    public void Step(Func<Tensor> forward)
    {
        using (var tape = new Tape())
        {
            var output = forward();
            Results.Add(output.ToArray());
            if (_leaves.Count > 0) tape.Backward(output, Tensor.From(Draw(output.Count, gradientScale), output.Shape));
        }

        foreach (var leaf in _leaves)
        {
            if (leaf.Grad is { } gradient) Results.Add(gradient.ToArray());
            leaf.Grad?.Dispose();
            leaf.Dispose();
        }

        _leaves.Clear();
    }

    public void Result(Tensor tensor) => Results.Add(tensor.ToArray());

    private float[] Draw(int count, float size) => Array.ConvertAll(GradCheck.Draw(_random, count), v => v * size);
}

/// <summary>Every kernel of the processor, at sizes around the widths of its vectors and tiles.</summary>
internal static class OperationFamilies
{
    private static readonly int[] s_counts = [1, 2, 15, 16, 17, 31, 33, 64, 100];

    private static readonly Func<Tensor, Tensor>[] s_maps =
    [
        .. ElementwiseCases.Unary.Select(row => row.Call), x => x.Scale(0.3f), x => x.Shift(0), x => x.Elu(), x => x.Power(1.5f),
        x => x.Scale(120).Exp(), x => x.Scale(120).Sigmoid(), x => x.Scale(120).Softplus(),
    ];

    private static readonly Func<Tensor, Tensor, Tensor>[] s_arithmetic =
        [Tensor.Add, Tensor.Subtract, Tensor.Multiply, Tensor.Divide];

    public static readonly OperationFamily[] All =
    [
        new("maps", run =>
        {
            foreach (var n in s_counts)
            {
                foreach (var map in s_maps) run.Step(() => map(run.Leaf(n)));
            }
        }),
        new("arithmetic", run =>
        {
            foreach (var n in s_counts)
            {
                foreach (var operation in s_arithmetic)
                {
                    run.Step(() => operation(run.Leaf(n), run.Leaf(n)));
                    run.Step(() => operation(run.Leaf(3, n), run.Leaf(n)));
                    run.Step(() => operation(run.Leaf(n, 3), run.Leaf(n, 1)));
                    run.Step(() => operation(run.Leaf(), run.Leaf(n)));
                }
            }
        }),
        new("softmax", run =>
        {
            foreach (var rows in new[] { 1, 3, 17 })
            {
                foreach (var n in new[] { 1, 2, 7, 15, 16, 17, 31, 32, 33, 50 })
                {
                    run.Step(() => run.Leaf(rows, n).Softmax());
                    run.Step(() => run.Leaf(rows, n).LogSoftmax());
                    run.Step(() => Tensor.CrossEntropy(run.Leaf(rows, n), run.Indices(rows, n), 0.1f));
                    run.Step(() => Tensor.NegativeLogLikelihood(run.Leaf(rows, n), run.Indices(rows, n)));
                }
            }
        }),
        new("losses", run =>
        {
            run.Step(() => Tensor.MeanSquaredError(run.Leaf(5, 7), run.Values(5, 7)));
            run.Step(() => Tensor.BinaryCrossEntropyWithLogits(run.Leaf(5, 7), run.Values(5, 7)));
        }),
        new("sums and maxima", run =>
        {
            foreach (var (a, b, c) in new[] { (1, 1, 1), (3, 5, 7), (2, 33, 17), (17, 3, 31), (1, 70, 1) })
            {
                foreach (int[] axes in new[] { [0], [1], [2], [0, 2], [0, 1], new[] { 0, 1, 2 } })
                {
                    run.Step(() => run.Leaf(a, b, c).Sum(axes));
                    run.Step(() => run.Leaf(a, b, c).Max(axes));
                    run.Step(() => run.Leaf(a, b, c).Mean(axes));
                }

                run.Results.Add([.. run.Values(a, b, c).ArgMax(1).ToIndices().Select(i => (float)i)]);
            }
        }),
        new("matrix products", run =>
        {
            foreach (var (m, k, n) in new[] { (1, 1, 1), (1, 7, 17), (3, 16, 5), (7, 1, 33), (13, 19, 15), (16, 16, 16),
                (25, 33, 47), (70, 9, 31) })
            {
                run.Step(() => Tensor.MatMul(run.Leaf(m, k), run.Leaf(k, n)));
                run.Step(() => Tensor.MatMul(run.Leaf(k, m), run.Leaf(n, k), true, true));
                run.Step(() => Tensor.MatMul(run.Leaf(2, m, k), run.Leaf(2, k, n)));
                run.Step(() => Tensor.Dense(run.Leaf(m, k), run.Leaf(n, k), run.Leaf(n), true));
            }
        }),
        .. new ConvAlgorithm?[] { ConvAlgorithm.Direct, ConvAlgorithm.Winograd,
            ConvAlgorithm.Fft }.Select(algorithm => new OperationFamily($"convolutions, {algorithm}", run =>
        {
            ConvAlgorithms.Forced = algorithm;
            try
            {
                Convolutions(run, algorithm);
            }
            finally
            {
                ConvAlgorithms.Forced = null;
            }
        })),
        new("pools", run =>
        {
            foreach (var (h, w) in new[] { (2, 2), (4, 5), (7, 33), (6, 66), (5, 70) })
            {
                foreach (var options in new[] { Pool2dOptions.Square(2), Pool2dOptions.Square(2, 1),
                    Pool2dOptions.Square(2, 2, 1) })
                {
                    run.Step(() => Tensor.MaxPool2d(run.Leaf(2, 3, h, w), options));
                    run.Step(() => Tensor.AveragePool2d(run.Leaf(2, 3, h, w), options));
                }

                run.Step(() => Tensor.GlobalAveragePool(run.Leaf(2, 3, h, w)));
            }
        }),
        new("normalisation", run =>
        {
            foreach (var (n, c, l) in new[] { (3, 5, 7), (2, 3, 17), (4, 1, 33), (1, 19, 16) })
            {
                var (mean, variance) = (run.Values(c), Tensor.Full(new Shape(c), 1));
                run.Step(() => Tensor.BatchNorm(run.Leaf(n, c, l), run.Leaf(c), run.Leaf(c), mean, variance, true));
                run.Step(() => Tensor.BatchNorm(run.Leaf(n, c, l), run.Leaf(c), run.Leaf(c), mean, variance, false));
                run.Result(mean);
                run.Step(() => Tensor.LayerNorm(run.Leaf(n, c, l), run.Leaf(l), run.Leaf(l)));
            }
        }),
        new("recurrent layers", run =>
        {
            foreach (var (n, t, f, h) in new[] { (1, 1, 1, 1), (3, 4, 5, 7), (2, 3, 17, 16), (5, 2, 3, 19), (37, 2, 3, 33) })
            {
                run.Step(() => Tensor.Lstm(run.Leaf(n, t, f), Recurrent(run, 4, f, h), true).Output);
                run.Step(() => Tensor.Gru(run.Leaf(n, t, f), Recurrent(run, 3, f, h), true).Output);
            }
        }),
        new("updates", run =>
        {
            foreach (var n in s_counts)
            {
                foreach (var rule in Enum.GetValues<UpdateRule>())
                {
                    var (parameter, gradient) = (run.Values(n), run.Values(n));
                    var first = rule.HasFirst() ? Tensor.Zeros(new Shape(n)) : null;
                    var second = rule.HasSecond() ? Tensor.Zeros(new Shape(n)) : null;
                    var factors = new UpdateFactors { GradientRate = 0.1f, StateRate = 0.1f, FirstDecay = 0.9f, FirstShare = 0.1f,
                        SecondDecay = 0.9f, SecondShare = 0.1f, Epsilon = 1e-8f };
                    parameter.Update(rule, factors, gradient, first, second);
                    run.Result(parameter);
                    if (first is not null) run.Result(first);
                    if (second is not null) run.Result(second);
                }

                run.Result(Tensor.SumSquares(run.Values(n), run.Values(3, n)).ClipScale(1));
            }
        }),
        new("dropout", run =>
        {
            foreach (var n in s_counts) run.Step(() => run.Leaf(n).Dropout(0.5f, new RandomStream(1, "dropout")));
        }),
        new("layout", run =>
        {
            foreach (var (a, b, c) in new[] { (1, 1, 1), (3, 5, 7), (2, 33, 17), (17, 9, 31) })
            {
                run.Step(() => run.Leaf(a, b, c).Permute(2, 0, 1));
                run.Step(() => run.Leaf(a, b, c).Transpose());
                run.Step(() => run.Leaf(a, b, c).Slice(1, b / 2, b - b / 2));
                run.Step(() => Tensor.Concat(1, run.Leaf(a, b, c), run.Leaf(a, 3, c)));
                run.Step(() => run.Leaf(b, c).GatherRows(run.Indices(2 * b + 1, b)));
            }
        }),
        new("spectra", run =>
        {
            foreach (var size in new[] { 1, 2, 8, 15, 30, 64 })
            {
                foreach (var values in Enum.GetValues<SpectrogramValues>())
                {
                    var result = Tensor.Spectrogram(run.Values(3, 101), run.Values(Math.Max(1, size - 1)),
                        new() { FftSize = size, Hop = 7, Values = values });
                    run.Result(result);
                    if (values == SpectrogramValues.Power) run.Result(result.ToDecibels(new()));
                }
            }
        }),
    ];

    public static TheoryData<string> Names => [.. All.Select(f => f.Name)];

    private static RecurrentWeights[] Recurrent(FamilyRun run, int gates, int features, int units) =>
    [
        .. Enumerable.Range(0, 2).Select(_ => new RecurrentWeights(
            run.Leaf(gates * units, features), run.Leaf(gates * units, units), run.Leaf(gates * units), run.Leaf(gates * units))),
    ];

    private static void Convolutions(FamilyRun run, ConvAlgorithm? algorithm)
    {
        if (algorithm == ConvAlgorithm.Fft)
        {
            foreach (var (n, c, l, k, taps, stride) in new[] { (1, 1, 9, 1, 3, 1), (2, 3, 300, 4, 64, 1), (3, 2, 257, 17, 31, 3),
                (1, 17, 130, 3, 20, 2) })
                run.Step(() => Tensor.Conv1d(run.Leaf(n, c, l), run.Leaf(k, c, taps), run.Leaf(k), Conv2dOptions.Line(stride)));
            return;
        }

        foreach (var (c, h, w, k) in new[] { (1, 3, 3, 1), (3, 7, 9, 5), (16, 13, 17, 16), (19, 8, 35, 33) })
        {
            run.Step(() => Tensor.Conv2d(run.Leaf(2, c, h, w), run.Leaf(k, c, 3, 3), run.Leaf(k)));
            run.Step(() => Tensor.Conv2d(run.Leaf(2, c, h, w), run.Leaf(k, c, 3, 3), run.Leaf(k),
                Conv2dOptions.Uniform(padding: 1), true));
            if (algorithm == ConvAlgorithm.Winograd) continue;
            run.Step(() => Tensor.Conv2d(run.Leaf(1, c, h, w), run.Leaf(k, c, 1, 1)));
            run.Step(() => Tensor.Conv2d(run.Leaf(2, c, h, w), run.Leaf(k, c, 2, 3), run.Leaf(k),
                Conv2dOptions.Uniform(2, 1, 2)));
            run.Step(() => Tensor.Conv2d(run.Leaf(2, 2 * c, h, w), run.Leaf(2 * k, c, 3, 2), null,
                Conv2dOptions.Uniform(3, 2, 1, 2)));
            run.Step(() => Tensor.Conv1d(run.Leaf(2, c, 5 * w), run.Leaf(k, c, 9), run.Leaf(k)));
        }
    }
}
