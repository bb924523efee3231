using System.Runtime.Intrinsics;
using Engine.Tensors;
using Engine.Tensors.Operators;

namespace Engine.Cli.Cases;

/// <summary>What the cases need to know of an element-wise operation besides its struct.</summary>
/// <param name="Name">The name of the struct and of the method of <see cref="Tensor"/>.</param>
/// <param name="P">Its parameter.</param>
/// <param name="Call">The operation on tensors.</param>
/// <param name="Low">The least input to try.</param>
/// <param name="High">The greatest.</param>
/// <param name="F">The function.</param>
/// <param name="Budget">The error that rounding may cause at an input.</param>
internal sealed record UnaryRow(
    string Name, float P, Func<Tensor, Tensor> Call, double Low, double High, Func<double, double> F, Func<double, double> Budget)
{
    /// <summary>Below this, a device may round to zero.</summary>
    public const double Smallest = 1.2e-38;

    /// <summary>Makes a backend run it on x.</summary>
    public required Action<IBackend, Tensor, Tensor> Run { get; init; }

    /// <summary>Its scalar form.</summary>
    public required Func<float, float> Scalar { get; init; }

    /// <summary>Its vector form.</summary>
    public required Func<float, float> Vector { get; init; }

    /// <summary>Its derivative, if tested with this parameter.</summary>
    public GradientRow? Gradient { get; init; }

    /// <summary>Its derivative from what was saved, times a gradient.</summary>
    /// <param name="Low">The least saved value to try.</param>
    /// <param name="High">The greatest.</param>
    /// <param name="Factor">The derivative.</param>
    /// <param name="Budget">The error that rounding may cause at a saved value, for a gradient of 1.</param>
    /// <param name="Run">Makes a backend run it on saved values and gradients.</param>
    /// <param name="Scalar">Its scalar form.</param>
    /// <param name="Vector">Its vector form.</param>
    public sealed record GradientRow(
        double Low, double High, Func<double, double> Factor, Func<double, double> Budget,
        Action<IBackend, Tensor, Tensor, Tensor> Run, Func<float, float, float> Scalar, Func<float, float, float> Vector);

    /// <summary>An operation by itself.</summary>
    /// <param name="call">The operation on tensors.</param>
    /// <param name="p">Its parameter.</param>
    /// <param name="range">The inputs to try.</param>
    /// <param name="f">The function in double.</param>
    /// <param name="ulps">The error that rounding may cause, in units in the last place of the result.</param>
    /// <param name="besides">Further error, in u. The errors allowed a GPU's own functions are those of OpenCL's table.</param>
    public static UnaryRow Of<TOperator>(
        Func<Tensor, float, Tensor> call, float p, (double Low, double High) range, Func<double, double, double> f, double ulps,
        Func<double, double>? besides = null)
        where TOperator : struct, IUnaryOperator =>
        new(
            typeof(TOperator).Name, p, x => call(x, p), range.Low, range.High, x => f(x, p),
            x => Probe.U * (2 * ulps * Math.Abs(f(x, p)) + (besides?.Invoke(x) ?? 0)) + Smallest)
        {
            Run = (backend, x, result) => backend.Unary<TOperator>(x, p, result),
            Scalar = x => TOperator.Apply(x, p),
            Vector = x => TOperator.Apply(Vector512.Create(x), p)[0],
        };

    /// <summary>An operation and its derivative.</summary>
    /// <param name="call">The operation on tensors.</param>
    /// <param name="p">Its parameter.</param>
    /// <param name="range">The inputs to try.</param>
    /// <param name="f">The function in double.</param>
    /// <param name="ulps">The error that rounding may cause, in units in the last place of the result.</param>
    /// <param name="saved">The saved values to try.</param>
    /// <param name="factor">The derivative in double, from what was saved.</param>
    /// <param name="budget">The error allowed the derivative, in u, from what was saved and the derivative.</param>
    /// <param name="besides">Further error of the function, in u.</param>
    public static UnaryRow Of<TOperator>(
        Func<Tensor, float, Tensor> call, float p, (double Low, double High) range, Func<double, double, double> f, double ulps,
        (double Low, double High) saved, Func<double, double, double> factor, Func<double, double, double> budget,
        Func<double, double>? besides = null)
        where TOperator : struct, IDifferentiableOperator =>
        Of<TOperator>(call, p, range, f, ulps, besides) with
        {
            Gradient = new(
                saved.Low, saved.High, s => factor(s, p), s => Probe.U * Math.Abs(budget(s, factor(s, p))),
                (backend, s, g, result) => backend.UnaryGradient<TOperator>(s, p, g, result),
                (s, g) => TOperator.Gradient(s, g, p),
                (s, g) => TOperator.Gradient(Vector512.Create(s), Vector512.Create(g), p)[0]),
        };
}
