using Engine.Classifiers.Numerics;

namespace Engine.Classifiers.Tuning;

/// <summary>
/// The log marginal likelihood of observations under a kernel, its gradient (Rasmussen and Williams, 2006, 5.4.1), and its
/// maximisation.
/// </summary>
internal sealed class MarginalLikelihood
{
    private readonly double[] _values;
    private readonly FeatureMatrix[] _squared;

    /// <summary>Prepares the squared distances of each parameter.</summary>
    /// <param name="rows">One row per observation.</param>
    /// <param name="values">The observed values, of mean 0 and deviation 1.</param>
    /// <param name="parameterOf">The parameter of each feature.</param>
    public MarginalLikelihood(FeatureMatrix rows, double[] values, int[] parameterOf)
    {
        _values = values;
        _squared = [.. Enumerable.Range(0, parameterOf.Max() + 1).Select(_ => new FeatureMatrix(rows.Rows, rows.Rows))];
        for (var i = 0; i < rows.Rows; i++)
        {
            for (var j = 0; j < rows.Rows; j++)
            {
                for (var f = 0; f < parameterOf.Length; f++)
                {
                    var apart = rows[i, f] - rows[j, f];
                    _squared[parameterOf[f]].Row(i)[j] += apart * apart;
                }
            }
        }
    }

    /// <summary>The number of parameters, and so of length scales.</summary>
    public int Parameters => _squared.Length;

    /// <summary>The covariance of the observations, noise included, <c>[n, n]</c>.</summary>
    public FeatureMatrix Covariance(MaternKernel kernel) => Covariance(kernel, Distances(kernel));

    /// <summary>
    /// The log likelihood and its gradient with respect to the kernel's logarithms; minus infinity where the covariance is
    /// singular.
    /// </summary>
    public (double Value, double[] Gradient) At(MaternKernel kernel)
    {
        var gradient = new double[Parameters + 2];
        var distances = Distances(kernel);
        if (Cholesky.TryFactor(Covariance(kernel, distances)) is not { } factor) return (double.NegativeInfinity, gradient);
        var weights = factor.Solve(_values);
        var (inverse, count) = (factor.Inverse(), _values.Length);
        double[] perSquare = [.. Enumerable.Range(0, Parameters).Select(p => 1 / (kernel.Length(p) * kernel.Length(p)))];
        for (var i = 0; i < count; i++)
        {
            // Half of the trace of (w·wᵀ - K⁻¹)·∂K, entry by entry; the matrices are symmetric.
            for (var j = 0; j < i; j++)
            {
                var weight = weights[i] * weights[j] - inverse[i, j];
                var slope = weight * kernel.Slope(distances[i, j]);
                for (var p = 0; p < Parameters; p++) gradient[p] += slope * _squared[p][i, j] * perSquare[p];
                gradient[^2] += weight * kernel.Covariance(distances[i, j]);
            }

            var own = 0.5 * (weights[i] * weights[i] - inverse[i, i]);
            gradient[^2] += own * kernel.Signal;
            gradient[^1] += own * kernel.Noise;
        }

        return (-0.5 * (Vectors.Dot(_values, weights) + factor.LogDeterminant + count * Math.Log(2 * Math.PI)), gradient);
    }

    /// <summary>
    /// The best kernel found when climbing from a start by resilient steps: each logarithm has its own step size, which grows
    /// while its slope keeps its sign and shrinks when it changes (Blum and Riedmiller, "Optimization of Gaussian process
    /// hyperparameters using Rprop", 2013).
    /// </summary>
    public (MaternKernel Kernel, double Value) Climb(MaternKernel start)
    {
        const int mostSteps = 60;
        const double first = 0.1, longest = 1, shortest = 1e-4, longer = 1.2, shorter = 0.5;
        var (position, before) = ((double[])start.Logarithms.Clone(), new double[start.Logarithms.Length]);
        var steps = Enumerable.Repeat(first, position.Length).ToArray();
        var best = (Kernel: start, Value: double.NegativeInfinity);
        for (var step = 0; step < mostSteps && steps.Max() > shortest; step++)
        {
            var kernel = MaternKernel.Within(position);
            var (value, gradient) = At(kernel);
            if (value > best.Value || step == 0) best = (kernel, value);
            position = [.. kernel.Logarithms];
            for (var p = 0; p < position.Length; p++)
            {
                var turned = gradient[p] * before[p];
                if (turned > 0) steps[p] = Math.Min(longest, longer * steps[p]);
                if (turned < 0) (steps[p], gradient[p]) = (Math.Max(shortest, shorter * steps[p]), 0);
                position[p] += Math.Sign(gradient[p]) * steps[p];
            }

            before = gradient;
        }

        return best;
    }

    private static FeatureMatrix Covariance(MaternKernel kernel, FeatureMatrix distances)
    {
        var covariance = new FeatureMatrix(distances.Rows, distances.Rows);
        for (var i = 0; i < covariance.Rows; i++)
        {
            for (var j = 0; j < i; j++) covariance.Row(i)[j] = covariance.Row(j)[i] = kernel.Covariance(distances[i, j]);
            covariance.Row(i)[i] = kernel.Signal + kernel.Noise;
        }

        return covariance;
    }

    // r² of every pair.
    private FeatureMatrix Distances(MaternKernel kernel)
    {
        var distances = new FeatureMatrix(_values.Length, _values.Length);
        for (var p = 0; p < Parameters; p++)
            Vectors.AddScaled(distances.Data, 1 / (kernel.Length(p) * kernel.Length(p)), _squared[p].Data);
        return distances;
    }
}
