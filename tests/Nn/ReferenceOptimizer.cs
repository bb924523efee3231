namespace Engine.Tests.Nn;

/// <summary>The textbook formula of each optimiser of <see cref="OptimizerTests"/>, in double, one element at a time.</summary>
internal sealed class ReferenceOptimizer(string name, double[] values, double rate, double decay, double l2)
{
    private readonly double[] _m = new double[values.Length];
    private readonly double[] _v = new double[values.Length];
    private double _product = 1;
    private int _steps;

    public double[] Values => values;

    public void Step(float[] gradient)
    {
        var t = ++_steps;
        var (mu, next) = (Mu(t), Mu(t + 1));
        _product *= mu;
        for (var i = 0; i < values.Length; i++)
        {
            var g = gradient[i] + 2 * l2 * values[i] + (name == "adamw" ? 0 : decay * values[i]);
            if (name == "adamw") values[i] *= 1 - rate * decay;
            values[i] -= rate * Direction(i, g, t, mu, next);
        }
    }

    private static double Mu(int t) => 0.9 * (1 - 0.5 * Math.Pow(0.96, t * 0.004));

    private double Direction(int i, double g, int t, double mu, double next)
    {
        switch (name)
        {
            case "sgd":
                return g;
            case "sgd_momentum":
                return _m[i] = 0.9 * _m[i] + g;
            case "sgd_momentum_nesterov_wd":
                _m[i] = 0.9 * _m[i] + g;
                return g + 0.9 * _m[i];
            case "adagrad":
                _v[i] += g * g;
                return g / (Math.Sqrt(_v[i]) + 1e-10);
            case "rmsprop":
                _v[i] = 0.99 * _v[i] + 0.01 * g * g;
                return g / (Math.Sqrt(_v[i]) + 1e-8);
            case "rmsprop_momentum":
                _v[i] = 0.99 * _v[i] + 0.01 * g * g;
                return _m[i] = 0.9 * _m[i] + g / (Math.Sqrt(_v[i]) + 1e-8);
            case "adamax":
                _m[i] = 0.9 * _m[i] + 0.1 * g;
                _v[i] = Math.Max(0.999 * _v[i], Math.Abs(g) + 1e-8);
                return _m[i] / (1 - Math.Pow(0.9, t)) / _v[i];
            default:
                _m[i] = 0.9 * _m[i] + 0.1 * g;
                _v[i] = 0.999 * _v[i] + 0.001 * g * g;
                var size = Math.Sqrt(_v[i] / (1 - Math.Pow(0.999, t))) + 1e-8;
                if (!name.StartsWith("nadam", StringComparison.Ordinal)) return _m[i] / (1 - Math.Pow(0.9, t)) / size;
                var nextProduct = _product * next * (name == "nadam" ? mu : 1);
                return ((1 - mu) * g / (1 - _product) + next * _m[i] / (1 - nextProduct)) / size;
        }
    }
}
