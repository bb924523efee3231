using Engine.Tensors;
using Engine.Tensors.Autograd;

namespace Engine.Tests.Support;

/// <summary>
/// Checks an operation against a naive reference in double: its values, and its gradients along random directions. With
/// g a random weighting of the outputs, the derivative of Σ g·f(x + h·v) at h = 0 is Σ (∂/∂x Σ g·f)·v; the left side
/// comes from central differences of the reference, the right side from the tape.
/// </summary>
internal static class GradCheck
{
    private const double Step = 1e-5;
    private const int Directions = 3;

    /// <summary>Draws <paramref name="count"/> numbers in [-1, 1).</summary>
    public static float[] Draw(RandomStream random, int count)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++) values[i] = (float)(2 * random.NextDouble() - 1);
        return values;
    }

    /// <summary>Runs the check.</summary>
    /// <param name="inputs">Shapes of the inputs and their values.</param>
    /// <param name="operation">The operation on tensors.</param>
    /// <param name="reference">The same in double, arrays in row-major order.</param>
    /// <param name="terms">How many products the longest sum of the operation or its gradient has; sets the budget.</param>
    /// <param name="device">Where to run; the processor if null.</param>
    public static void Run(
        (Shape Shape, float[] Values)[] inputs, Func<Tensor[], Tensor> operation, Func<double[][], double[]> reference, int terms,
        Device? device = null)
    {
        var random = new RandomStream(7, "gradient check");
        // 4u√K of the sum of magnitudes, which for inputs of order 1 is about K.
        var budget = 4.0 / (1 << 24) * Math.Sqrt(Math.Max(1, terms)) * Math.Max(1, terms);
        var tensors = inputs.Select(i => Tensor.From(i.Values, i.Shape, device)).ToArray();
        foreach (var tensor in tensors) tensor.RequiresGrad = true;
        var wide = inputs.Select(i => Array.ConvertAll(i.Values, v => (double)v)).ToArray();
        var expected = reference(wide);
        float[] weights;
        using (var tape = new Tape())
        {
            var output = operation(tensors);
            Close.Assert(expected, Array.ConvertAll(output.ToArray(), v => (double)v), budget, 8.0 / (1 << 24), "output");
            weights = Draw(random, output.Count);
            tape.Backward(output, Tensor.From(weights, output.Shape, device));
        }

        for (var i = 0; i < inputs.Length; i++)
        {
            var gradient = tensors[i].Grad?.ToArray() ?? new float[inputs[i].Values.Length];
            for (var d = 0; d < Directions; d++)
            {
                var direction = Draw(random, gradient.Length);
                var numeric = (Weighted(i, direction, Step) - Weighted(i, direction, -Step)) / (2 * Step);
                double analytic = 0, magnitude = 0;
                for (var j = 0; j < gradient.Length; j++)
                {
                    analytic += gradient[j] * (double)direction[j];
                    magnitude += Math.Abs(gradient[j] * (double)direction[j]);
                }

                // Rounding of each gradient value, plus what central differences lose.
                var allowed = budget * (1 + magnitude) + 1e-6 * (1 + magnitude);
                Close.Assert([numeric], new[] { analytic }, allowed, what: $"input {i}, direction {d}");
            }
        }

        foreach (var tensor in tensors)
        {
            tensor.Grad?.Dispose();
            tensor.Dispose();
        }

        double Weighted(int input, float[] direction, double step)
        {
            var moved = (double[][])wide.Clone();
            moved[input] = new double[direction.Length];
            for (var j = 0; j < direction.Length; j++) moved[input][j] = wide[input][j] + step * direction[j];
            var values = reference(moved);
            double sum = 0;
            for (var j = 0; j < values.Length; j++) sum += values[j] * weights[j];
            return sum;
        }
    }
}
