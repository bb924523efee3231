namespace Engine.Tensors;

/// <summary>An operation on two elements.</summary>
public enum BinaryOp
{
    /// <summary>a + b.</summary>
    Add,

    /// <summary>a - b.</summary>
    Subtract,

    /// <summary>a · b.</summary>
    Multiply,

    /// <summary>a / b.</summary>
    Divide,
}

/// <summary>An operation on one element; p is its parameter where it has one.</summary>
public enum UnaryOp
{
    /// <summary>p · x.</summary>
    Scale,

    /// <summary>x + p.</summary>
    Offset,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>x above 0, p · x below.</summary>
    LeakyRelu,

    /// <summary>x above 0, p · (eˣ - 1) below.</summary>
    Elu,

    /// <summary>x · Φ(x), with the normal distribution function Φ itself and not its tanh approximation.</summary>
    Gelu,

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    Sigmoid,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>ln(1 + eˣ).</summary>
    Softplus,

    /// <summary>eˣ.</summary>
    Exp,

    /// <summary>The natural logarithm.</summary>
    Log,

    /// <summary>The square root.</summary>
    Sqrt,

    /// <summary>xᵖ.</summary>
    Power,
}

public partial interface IBackend
{
    /// <summary><paramref name="result"/> = a op b, element by element; a and b broadcast to the result's shape.</summary>
    void Binary(BinaryOp op, Tensor a, Tensor b, Tensor result);

    /// <summary><paramref name="result"/> = op(x), element by element; the result may be x.</summary>
    void Unary(UnaryOp op, Tensor x, float parameter, Tensor result);

    /// <summary>
    /// <paramref name="gradInput"/> = gradOutput · op′, element by element, where <paramref name="saved"/> is the operation's
    /// output for ELU, sigmoid, tanh, exp and sqrt, its input for the others; a ReLU has <see cref="MaskGradient"/>. gradInput
    /// may be gradOutput.
    /// </summary>
    void UnaryGradient(UnaryOp op, Tensor saved, float parameter, Tensor gradOutput, Tensor gradInput);

    /// <summary>
    /// Notes which elements of <paramref name="x"/> are not zero: bit i % 32 of word i / 32 of <paramref name="bits"/>
    /// (int32, one word for every 32 elements). All that the gradient of a ReLU needs of its output.
    /// </summary>
    void NonZeroBits(Tensor x, Tensor bits);

    /// <summary>gradInput[i] = gradOutput[i] where bit i is set, else 0. gradInput may be gradOutput.</summary>
    void MaskGradient(Tensor bits, Tensor gradOutput, Tensor gradInput);

    /// <summary><paramref name="target"/> += scale · source, of the same shape.</summary>
    void AddScaled(Tensor source, float scale, Tensor target);
}
