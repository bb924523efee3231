namespace Engine.Classifiers.Svm;

/// <summary>The probability 1 / (1 + e^(A·f + B)) of a pair's first class, given the pair's decision f (Platt 1999).</summary>
internal readonly record struct PlattSigmoid(double A, double B)
{
    // The constants of the Newton iteration are the paper's.
    private const int MaxIterations = 100;
    private const double MinStep = 1e-10;
    private const double Ridge = 1e-12;
    private const double GradientTolerance = 1e-5;

    /// <summary>The probability of the first class.</summary>
    public double Probability(double decision)
    {
        var z = A * decision + B;
        return z >= 0 ? Math.Exp(-z) / (1 + Math.Exp(-z)) : 1 / (1 + Math.Exp(z));
    }

    /// <summary>
    /// Fits the sigmoid by maximum likelihood with slightly softened targets: Newton's method with backtracking (Lin, Lin and
    /// Weng, "A note on Platt's probabilistic outputs for support vector machines", Machine Learning 68, 2007, algorithm 1).
    /// </summary>
    /// <param name="decisions">Decisions for rows not used in the fit.</param>
    /// <param name="truth">Whether each is of the first class.</param>
    public static PlattSigmoid Fit(ReadOnlySpan<double> decisions, ReadOnlySpan<bool> truth)
    {
        var positives = truth.Count(true);
        var negatives = truth.Length - positives;
        double high = (positives + 1.0) / (positives + 2.0), low = 1 / (negatives + 2.0);
        var targets = new double[truth.Length];
        for (var i = 0; i < targets.Length; i++) targets[i] = truth[i] ? high : low;

        var sigmoid = new PlattSigmoid(0, Math.Log((negatives + 1.0) / (positives + 1.0)));
        var loss = sigmoid.Loss(decisions, targets);
        for (var iteration = 0; iteration < MaxIterations; iteration++)
        {
            double h11 = Ridge, h22 = Ridge, h21 = 0, g1 = 0, g2 = 0;
            for (var i = 0; i < targets.Length; i++)
            {
                var p = sigmoid.Probability(decisions[i]);
                var curvature = p * (1 - p);
                h11 += decisions[i] * decisions[i] * curvature;
                h22 += curvature;
                h21 += decisions[i] * curvature;
                g1 += decisions[i] * (targets[i] - p);
                g2 += targets[i] - p;
            }

            if (Math.Abs(g1) < GradientTolerance && Math.Abs(g2) < GradientTolerance) break;
            var determinant = h11 * h22 - h21 * h21;
            var (stepA, stepB) = (-(h22 * g1 - h21 * g2) / determinant, -(h11 * g2 - h21 * g1) / determinant);
            var slope = g1 * stepA + g2 * stepB;
            var size = 1.0;
            for (; size >= MinStep; size /= 2)
            {
                var next = new PlattSigmoid(sigmoid.A + size * stepA, sigmoid.B + size * stepB);
                var nextLoss = next.Loss(decisions, targets);
                if (!(nextLoss < loss + 1e-4 * size * slope)) continue;
                (sigmoid, loss) = (next, nextLoss);
                break;
            }

            if (size < MinStep) break;
        }

        return sigmoid;
    }

    // The negative logarithm of the likelihood, written so that neither exponential can overflow.
    private double Loss(ReadOnlySpan<double> decisions, ReadOnlySpan<double> targets)
    {
        double loss = 0;
        for (var i = 0; i < targets.Length; i++)
        {
            var z = A * decisions[i] + B;
            loss += z >= 0 ? targets[i] * z + Math.Log(1 + Math.Exp(-z)) : (targets[i] - 1) * z + Math.Log(1 + Math.Exp(z));
        }

        return loss;
    }
}
