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

public partial interface IBackend
{
    /// <summary><paramref name="result"/> = a op b, element by element; a and b broadcast to the result's shape.</summary>
    void Binary(BinaryOp op, Tensor a, Tensor b, Tensor result);

    /// <summary><paramref name="target"/> += scale · source, of the same shape.</summary>
    void AddScaled(Tensor source, float scale, Tensor target);

    /// <summary>
    /// <paramref name="gradInput"/> = <paramref name="gradOutput"/> where <paramref name="output"/>, the result of a ReLU, is
    /// not zero, else 0. gradInput may be gradOutput.
    /// </summary>
    void ReluGradient(Tensor output, Tensor gradOutput, Tensor gradInput);
}
