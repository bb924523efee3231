using Engine.Tensors;

namespace Engine.Classifiers.Tuning;

/// <summary>
/// σ²·(1 + √5·r + 5r²/3)·e^(-√5·r), where r is the distance in units of each parameter's length scale (Matérn kernel of
/// smoothness 5/2), and the noise variance. Parameters are stored as logarithms, bounded to suit positions from 0 to 1 and values
/// of mean 0 and deviation 1.
/// </summary>
/// <param name="Logarithms">ln of each parameter's length scale, then of the signal variance, then of the noise variance.</param>
internal sealed record MaternKernel(double[] Logarithms)
{
    private static readonly (double Low, double High) s_length = (Math.Log(0.05), Math.Log(20)),
        s_signal = (Math.Log(0.05), Math.Log(20)), s_noise = (Math.Log(1e-6), Math.Log(1));

    private readonly double[] _lengths = [.. Logarithms[..^2].Select(Math.Exp)];

    /// <summary>The signal variance σ².</summary>
    public double Signal { get; } = Math.Exp(Logarithms[^2]);

    /// <summary>The noise variance.</summary>
    public double Noise { get; } = Math.Exp(Logarithms[^1]);

    /// <summary>Length scales of 1, with half of the variance being noise.</summary>
    public static MaternKernel Middle(int parameters) => new([.. new double[parameters], Math.Log(0.5), Math.Log(0.5)]);

    /// <summary>A kernel drawn uniformly within the bounds.</summary>
    public static MaternKernel Draw(int parameters, RandomStream random) =>
        new([.. Enumerable.Range(0, parameters + 2).Select(i => Bounds(i, parameters + 2))
            .Select(b => b.Low + random.NextDouble() * (b.High - b.Low))]);

    /// <summary>The nearest kernel within the bounds.</summary>
    public static MaternKernel Within(double[] logarithms) =>
        new([.. logarithms.Select((v, i) => Math.Clamp(v, Bounds(i, logarithms.Length).Low, Bounds(i, logarithms.Length).High))]);

    /// <summary>The length scale of a parameter.</summary>
    public double Length(int parameter) => _lengths[parameter];

    /// <summary>The covariance of two points at the squared distance r².</summary>
    public double Covariance(double squared)
    {
        var far = Math.Sqrt(5 * squared);
        return Signal * (1 + far + far * far / 3) * Math.Exp(-far);
    }

    /// <summary>The factor g with ∂covariance / ∂ln length = g · (the parameter's part of r²).</summary>
    public double Slope(double squared)
    {
        var far = Math.Sqrt(5 * squared);
        return Signal * 5 / 3 * (1 + far) * Math.Exp(-far);
    }

    private static (double Low, double High) Bounds(int index, int count) => index == count - 1
        ? s_noise : index == count - 2 ? s_signal : s_length;
}
