using Engine.Classifiers.Numerics;
using Engine.Tensors;

namespace Engine.Classifiers.Tuning;

/// <summary>
/// Gaussian process regression (Rasmussen and Williams, <em>Gaussian Processes for Machine Learning</em>, 2006, algorithm 2.1):
/// Matérn 5/2 kernel with a length scale for each parameter, plus noise. Length scales and the variances of signal and noise
/// maximise the marginal likelihood (type-II maximum likelihood), from several starts.
/// </summary>
internal sealed class GaussianProcess
{
    private const int Starts = 4;

    private readonly FeatureMatrix _rows;
    private readonly int[] _parameterOf;
    private readonly double _mean, _deviation;
    private readonly Cholesky _factor;
    private readonly double[] _weights;

    private GaussianProcess(
        FeatureMatrix rows, int[] parameterOf, double mean, double deviation, MaternKernel kernel, Cholesky factor,
        double[] weights) =>
        (_rows, _parameterOf, _mean, _deviation, Kernel, _factor, _weights) =
        (rows, parameterOf, mean, deviation, kernel, factor, weights);

    /// <summary>The fitted kernel, for values standardised to mean 0 and deviation 1.</summary>
    public MaternKernel Kernel { get; }

    /// <summary>Fits the process.</summary>
    /// <param name="rows">One row per observation, <c>[n, features]</c>.</param>
    /// <param name="values">The observed values.</param>
    /// <param name="parameterOf">The parameter, and so the length scale, of each feature, counted from 0.</param>
    /// <param name="random">Draws all starts but the first.</param>
    public static GaussianProcess Fit(FeatureMatrix rows, double[] values, int[] parameterOf, RandomStream random)
    {
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
        if (deviation == 0) deviation = 1;
        double[] standard = [.. values.Select(v => (v - mean) / deviation)];
        var likelihood = new MarginalLikelihood(rows, standard, parameterOf);
        var best = Enumerable.Range(0, Starts)
            .Select(start => likelihood.Climb(start == 0
                ? MaternKernel.Middle(likelihood.Parameters) : MaternKernel.Draw(likelihood.Parameters, random)))
            .MaxBy(found => found.Value).Kernel;
        var factor = Cholesky.TryFactor(likelihood.Covariance(best))!;
        return new(rows, parameterOf, mean, deviation, best, factor, factor.Solve(standard));
    }

    /// <summary>Mean and deviation of the function, excluding noise, at a point.</summary>
    public (double Mean, double Deviation) Predict(ReadOnlySpan<double> point)
    {
        var covariances = new double[_rows.Rows];
        for (var r = 0; r < covariances.Length; r++) covariances[r] = Kernel.Covariance(SquaredDistance(_rows.Row(r), point));
        var explained = _factor.SolveLower(covariances);
        var variance = Math.Max(0, Kernel.Signal - Vectors.Dot(explained, explained));
        return (_mean + _deviation * Vectors.Dot(covariances, _weights), _deviation * Math.Sqrt(variance));
    }

    private double SquaredDistance(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = 0.0;
        for (var f = 0; f < a.Length; f++)
        {
            var apart = (a[f] - b[f]) / Kernel.Length(_parameterOf[f]);
            sum += apart * apart;
        }

        return sum;
    }
}
