using System.Runtime.Intrinsics;
using Engine.Tensors;
using Engine.Tensors.Operators;

namespace Engine.Cli.Cases;

/// <summary>What the cases need to know of an operation on two elements besides its struct.</summary>
/// <param name="Name">The struct's name.</param>
/// <param name="F">The function.</param>
/// <param name="Units">The error that rounding may cause, in u of the result.</param>
/// <param name="Run">Makes a backend run it.</param>
/// <param name="Scalar">Its scalar form.</param>
/// <param name="Vector">Its vector form.</param>
internal sealed record BinaryRow(
    string Name, Func<double, double, double> F, double Units, Action<IBackend, Tensor, Tensor, Tensor> Run,
    Func<float, float, float> Scalar, Func<float, float, float> Vector)
{
    /// <summary>Makes a row from an operation, its function in double and its budget.</summary>
    public static BinaryRow Of<TOperator>(Func<double, double, double> f, double units)
        where TOperator : struct, IBinaryOperator =>
        new(
            typeof(TOperator).Name, f, units, (backend, a, b, result) => backend.Binary<TOperator>(a, b, result), TOperator.Apply,
            (a, b) => TOperator.Apply(Vector512.Create(a), Vector512.Create(b))[0]);
}
