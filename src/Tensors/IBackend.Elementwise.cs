using Engine.Tensors.Operators;

namespace Engine.Tensors;

public partial interface IBackend
{
    /// <summary><paramref name="result"/> = f(a, b), element by element; a and b broadcast to the result's shape.</summary>
    void Binary<TOperator>(Tensor a, Tensor b, Tensor result)
        where TOperator : struct, IBinaryOperator;

    /// <summary><paramref name="result"/> = f(x, parameter), element by element; the result may be x.</summary>
    void Unary<TOperator>(Tensor x, float parameter, Tensor result)
        where TOperator : struct, IUnaryOperator;

    /// <summary>
    /// <paramref name="gradInput"/> = gradOutput · f′, element by element, where <paramref name="saved"/> is the operation's
    /// output if <see cref="IDifferentiableOperator.SavesOutput"/> is set, else its input. gradInput may be gradOutput.
    /// </summary>
    void UnaryGradient<TOperator>(Tensor saved, float parameter, Tensor gradOutput, Tensor gradInput)
        where TOperator : struct, IDifferentiableOperator;

    /// <summary>
    /// Records which elements of <paramref name="x"/> are not zero: bit i % 32 of word i / 32 of <paramref name="bits"/> (int32,
    /// one word per 32 elements). The gradient of a ReLU needs no more of its output.
    /// </summary>
    void NonZeroBits(Tensor x, Tensor bits);

    /// <summary>gradInput[i] = gradOutput[i] where bit i is set, else 0. gradInput may be gradOutput.</summary>
    void MaskGradient(Tensor bits, Tensor gradOutput, Tensor gradInput);

    /// <summary><paramref name="target"/> += scale · source, of the same shape.</summary>
    void AddScaled(Tensor source, float scale, Tensor target);
}
