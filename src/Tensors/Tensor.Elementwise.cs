using Engine.Tensors.Autograd;

namespace Engine.Tensors;

public sealed partial class Tensor
{
    /// <summary>a + b, element by element, broadcasting as NumPy does.</summary>
    /// <exception cref="ArgumentException">The shapes do not broadcast, or the devices differ.</exception>
    public static Tensor Add(Tensor a, Tensor b)
    {
        var result = Binary(BinaryOp.Add, a, b);
        Tape.Record([result], [a, b], [], ElementwiseGradients.Add(a.Shape, b.Shape));
        return result;
    }

    /// <inheritdoc cref="Add"/>
    public static Tensor operator +(Tensor a, Tensor b) => Add(a, b);

    /// <summary>a · b, element by element, broadcasting as NumPy does.</summary>
    /// <exception cref="ArgumentException">The shapes do not broadcast, or the devices differ.</exception>
    public static Tensor Multiply(Tensor a, Tensor b)
    {
        var result = Binary(BinaryOp.Multiply, a, b);
        Tape.Record([result], [a, b], [a, b], ElementwiseGradients.Multiply);
        return result;
    }

    /// <inheritdoc cref="Multiply"/>
    public static Tensor operator *(Tensor a, Tensor b) => Multiply(a, b);

    private static Tensor Binary(BinaryOp op, Tensor a, Tensor b)
    {
        var operation = op.ToString();
        CheckOperands(operation, a, b);
        var result = Empty(Shape.Broadcast(a.Shape, b.Shape, operation), a.Device);
        a.Device.Backend.Binary(op, a, b, result);
        return result;
    }

    /// <summary>Both are float32, alive, and on one device.</summary>
    private static void CheckOperands(string operation, Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        a.Expect(ElementType.Float32, operation);
        b.Expect(ElementType.Float32, operation);
        if (a.Device != b.Device) Throw.Argument($"{operation}: left {a.Shape} is on {a.Device} but right {b.Shape} is on {b.Device}.");
    }
}
