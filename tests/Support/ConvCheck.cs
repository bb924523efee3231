using Engine.Cli.Cases;
using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tests.Support;

/// <summary>Compares every value of a convolution and its gradients with the double reference.</summary>
internal static class ConvCheck
{
    /// <summary>
    /// Random values of a mean, the output's gradient too, by forced kernels; each result within 4u√K·Σ|ab| of its own sum.
    /// With <paramref name="constant"/> the mean alone, within uK·Σ|ab|, because rounding may drift one way. With
    /// <paramref name="shared"/> Σ|ab| is at least the average over the results, and K at least the taps: transforms round
    /// all results of a block alike, also one at an end, or of a single gradient, whose own sum has few terms.
    /// </summary>
    public static void Run(
        Shape input, Shape weight, Conv2dOptions options, ConvAlgorithm algorithm, double mean = 0, bool constant = false,
        bool shared = false, Device? device = null)
    {
        var random = new RandomStream(10, "rounding");
        var geometry = new Conv2dGeometry(input, weight, options, "Conv2d");
        using var x = Draw(input);
        using var w = Tensor.From(GradCheck.Draw(random, weight.Count), weight, device);
        using var b = Tensor.From(GradCheck.Draw(random, weight[0]), new Shape(weight[0]), device);
        using var seed = Draw(geometry.OutputShape);
        x.RequiresGrad = w.RequiresGrad = b.RequiresGrad = true;
        using var forced = new Force(algorithm);
        using var tape = new Tape();
        var y = Tensor.Conv2d(x, w, b, options);
        tape.Backward(y, seed);

        var (xs, ws, bs, gs) = (Widen(x), Widen(w), Widen(b), Widen(seed));
        var (xa, wa, ba, ga) = (Magnitudes(xs), Magnitudes(ws), Magnitudes(bs), Magnitudes(gs));
        var (taps, positions) =
            (geometry.KernelHeight * geometry.KernelWidth, geometry.Batch * geometry.OutputHeight * geometry.OutputWidth);
        AssertEach(
            Conv2dCases.Convolve(xs, ws, bs, geometry), y, Conv2dCases.Convolve(xa, wa, ba, geometry),
            taps * geometry.GroupChannels,
            constant, shared, "output");
        var (gradInput, gradWeight) = Conv2dCases.Gradients(xs, ws, gs, geometry);
        var (inputSums, weightSums) = Conv2dCases.Gradients(xa, wa, ga, geometry);
        AssertEach(gradInput, x.Grad!, inputSums, taps * geometry.GroupFilters, constant, shared, "gradInput");
        AssertEach(gradWeight, w.Grad!, weightSums, shared ? Math.Max(taps, positions) : positions, constant, shared,
            "gradWeight");
        AssertEach(
            Conv2dCases.SumOfEachFilter(gs, geometry), b.Grad!, Conv2dCases.SumOfEachFilter(ga, geometry), positions,
            constant, shared, "gradBias");
        foreach (var leaf in new[] { x, w, b }) leaf.Grad!.Dispose();

        Tensor Draw(Shape shape) =>
            Tensor.From(Array.ConvertAll(GradCheck.Draw(random, shape.Count), v => constant ? (float)mean : v + (float)mean),
                shape, device);
    }

    /// <summary>A convolution with bias and ReLU and its gradients, one after the other, from random values.</summary>
    public static float[] Values(Shape input, Shape weight, Conv2dOptions options)
    {
        var random = new RandomStream(8, "values");
        using var x = Tensor.From(GradCheck.Draw(random, input.Count), input);
        using var w = Tensor.From(GradCheck.Draw(random, weight.Count), weight);
        using var b = Tensor.From(GradCheck.Draw(random, weight[0]), new Shape(weight[0]));
        x.RequiresGrad = w.RequiresGrad = b.RequiresGrad = true;
        using var tape = new Tape();
        var y = Tensor.Conv2d(x, w, b, options, relu: true);
        tape.Backward(y, y.Detach());
        return [.. y.ToArray(), .. x.Grad!.ToArray(), .. w.Grad!.ToArray(), .. b.Grad!.ToArray()];
    }

    // Errors in units of each value's budget.
    private static void AssertEach(
        double[] expected, Tensor actual, double[] magnitudes, int terms, bool constant, bool shared, string what)
    {
        var least = shared ? magnitudes.Average() : 0;
        var unit = (constant ? Math.Max(4, terms) : 4 * Math.Sqrt(terms)) / (1 << 24);
        var values = actual.ToArray();
        var shares = new double[values.Length];
        for (var i = 0; i < shares.Length; i++)
            shares[i] = values[i] == expected[i] ? 0 : (values[i] - expected[i]) / (unit * Math.Max(least, magnitudes[i]));
        Close.Assert(new double[shares.Length], shares, 1, what: what);
    }

    private static double[] Widen(Tensor tensor) => Array.ConvertAll(tensor.ToArray(), v => (double)v);

    private static double[] Magnitudes(double[] values) => Array.ConvertAll(values, Math.Abs);

    /// <summary>Has this thread's convolutions run by some kernels, where they can, until it is disposed.</summary>
    internal readonly struct Force : IDisposable
    {
        public Force(ConvAlgorithm algorithm) => ConvAlgorithms.Forced = algorithm;

        public void Dispose() => ConvAlgorithms.Forced = null;
    }
}
