namespace Engine.Classifiers.Numerics;

/// <summary>
/// A smooth function: its value at <paramref name="point"/>, its gradient written to <paramref name="gradient"/>.
/// </summary>
internal delegate double SmoothFunction(ReadOnlySpan<double> point, Span<double> gradient);

/// <summary>Where a minimisation ended.</summary>
/// <param name="Point">The smallest point found.</param>
/// <param name="Value">The function there.</param>
/// <param name="Gradient">The largest absolute component of the gradient there.</param>
/// <param name="Iterations">Steps taken.</param>
internal readonly record struct Minimum(double[] Point, double Value, double Gradient, int Iterations);

/// <summary>
/// Minimises a smooth convex function with the limited-memory BFGS method (Liu and Nocedal, "On the limited memory BFGS method
/// for large scale optimization", 1989): the inverse Hessian is known by the last steps and what they did to the gradient.
/// Steps are halved until they fall enough (Armijo); a pair that shows no curvature is not remembered.
/// </summary>
internal static class Lbfgs
{
    private const int Memory = 20;
    private const double SufficientFall = 1e-4;
    private const int MostHalvings = 60;

    /// <summary>
    /// Minimises from <paramref name="start"/> until no component of the gradient exceeds <paramref name="tolerance"/>.
    /// </summary>
    public static Minimum Minimize(
        SmoothFunction function, double[] start, double tolerance, int maxIterations, CancellationToken cancellation = default)
    {
        var (point, next) = ((double[])start.Clone(), new double[start.Length]);
        var (gradient, nextGradient) = (new double[start.Length], new double[start.Length]);
        var direction = new double[start.Length];
        var history = new List<Pair>();
        var value = function(point, gradient);
        var iteration = 0;
        for (; iteration < maxIterations && LargestOf(gradient) > tolerance; iteration++)
        {
            cancellation.ThrowIfCancellationRequested();
            Direct(gradient, history, direction);
            var slope = Vectors.Dot(direction, gradient);
            var step = history.Count > 0 ? 1 : Math.Min(1, 1 / Math.Sqrt(Vectors.Dot(gradient, gradient)));
            var nextValue = 0.0;
            var halvings = 0;
            for (; halvings < MostHalvings; halvings++, step /= 2)
            {
                for (var i = 0; i < point.Length; i++) next[i] = point[i] + step * direction[i];
                nextValue = function(next, nextGradient);
                if (nextValue <= value + SufficientFall * step * slope) break;
            }

            // Rounding hides what is left to gain.
            if (halvings == MostHalvings) break;
            var pair = Pair.Between(point, next, gradient, nextGradient);
            if (pair.Curvature > 0)
            {
                if (history.Count == Memory) history.RemoveAt(0);
                history.Add(pair);
            }

            (point, next, gradient, nextGradient, value) = (next, point, nextGradient, gradient, nextValue);
        }

        return new(point, value, LargestOf(gradient), iteration);
    }

    // The two-loop recursion: -H·gradient.
    private static void Direct(double[] gradient, List<Pair> history, double[] direction)
    {
        for (var i = 0; i < direction.Length; i++) direction[i] = -gradient[i];
        if (history.Count == 0) return;
        var shares = new double[history.Count];
        for (var h = history.Count - 1; h >= 0; h--)
        {
            shares[h] = Vectors.Dot(history[h].Step, direction) / history[h].Curvature;
            Vectors.AddScaled(direction, -shares[h], history[h].Change);
        }

        var last = history[^1];
        var scale = last.Curvature / Vectors.Dot(last.Change, last.Change);
        Vectors.Scale(direction, scale);
        for (var h = 0; h < history.Count; h++)
        {
            Vectors.AddScaled(direction, shares[h] - Vectors.Dot(history[h].Change, direction) / history[h].Curvature,
                history[h].Step);
        }
    }

    private static double LargestOf(double[] gradient)
    {
        double largest = 0;
        foreach (var g in gradient) largest = Math.Max(largest, Math.Abs(g));
        return largest;
    }

    // A step, how the gradient changed over it, and their scalar product.
    private sealed record Pair(double[] Step, double[] Change, double Curvature)
    {
        public static Pair Between(double[] from, double[] to, double[] gradientFrom, double[] gradientTo)
        {
            var (step, change) = (new double[from.Length], new double[from.Length]);
            for (var i = 0; i < step.Length; i++) (step[i], change[i]) = (to[i] - from[i], gradientTo[i] - gradientFrom[i]);
            return new(step, change, Vectors.Dot(step, change));
        }
    }
}
