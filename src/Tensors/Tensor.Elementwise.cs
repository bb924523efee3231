using System.Runtime.CompilerServices;
using Engine.Tensors.Autograd;
using Engine.Tensors.Operators;

namespace Engine.Tensors;

public sealed partial class Tensor
{
    /// <summary>a + b, element by element, broadcasting as NumPy does.</summary>
    /// <exception cref="ArgumentException">The shapes do not broadcast, or the devices differ.</exception>
    public static Tensor Add(Tensor a, Tensor b)
    {
        var result = Binary<Add>(a, b);
        Tape.Record([result], [a, b], [], ElementwiseGradients.Add(a.Shape, b.Shape));
        return result;
    }

    /// <summary>a - b, element by element, broadcasting as NumPy does.</summary>
    /// <exception cref="ArgumentException">The shapes do not broadcast, or the devices differ.</exception>
    public static Tensor Subtract(Tensor a, Tensor b)
    {
        var result = Binary<Subtract>(a, b);
        Tape.Record([result], [a, b], [], ElementwiseGradients.Subtract(a.Shape, b.Shape));
        return result;
    }

    /// <summary>a · b, element by element, broadcasting as NumPy does.</summary>
    /// <exception cref="ArgumentException">The shapes do not broadcast, or the devices differ.</exception>
    public static Tensor Multiply(Tensor a, Tensor b)
    {
        var result = Binary<Multiply>(a, b);
        Tape.Record([result], [a, b], [a, b], ElementwiseGradients.Multiply);
        return result;
    }

    /// <summary>a / b, element by element, broadcasting as NumPy does.</summary>
    /// <exception cref="ArgumentException">The shapes do not broadcast, or the devices differ.</exception>
    public static Tensor Divide(Tensor a, Tensor b)
    {
        var result = Binary<Divide>(a, b);
        Tape.Record([result], [a, b], [result, b], ElementwiseGradients.Divide(a.Shape));
        return result;
    }

    /// <inheritdoc cref="Add"/>
    public static Tensor operator +(Tensor a, Tensor b) => Add(a, b);

    /// <inheritdoc cref="Subtract"/>
    public static Tensor operator -(Tensor a, Tensor b) => Subtract(a, b);

    /// <inheritdoc cref="Multiply"/>
    public static Tensor operator *(Tensor a, Tensor b) => Multiply(a, b);

    /// <inheritdoc cref="Divide"/>
    public static Tensor operator /(Tensor a, Tensor b) => Divide(a, b);

    /// <summary>-x.</summary>
    public static Tensor operator -(Tensor x) => Negate(x);

    /// <summary>-x.</summary>
    public static Tensor Negate(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        x.Expect(ElementType.Float32, nameof(Negate));
        return x.Scale(-1);
    }

    /// <summary>factor · x.</summary>
    public Tensor Scale(float factor)
    {
        var result = Unary<Scale>(factor);
        Tape.Record([result], [this], [], ElementwiseGradients.Scale(factor));
        return result;
    }

    /// <summary>x + value.</summary>
    public Tensor Shift(float value)
    {
        var result = Unary<Shift>(value);
        Tape.Record([result], [this], [], ElementwiseGradients.Shift);
        return result;
    }

    /// <summary>max(x, 0); NaN is kept.</summary>
    public Tensor Relu()
    {
        var result = Unary<Relu>(0);
        using var alive = Tape.NeedsGradient(this) ? result.NonZeroBits() : null;
        Tape.Record([result], [this], alive is null ? [] : [alive], ElementwiseGradients.Relu);
        return result;
    }

    /// <summary>x above 0, slope · x below.</summary>
    public Tensor LeakyRelu(float slope = 0.01f) => Differentiable<LeakyRelu>(slope);

    /// <summary>x above 0, alpha · (eˣ - 1) below (Clevert, Unterthiner and Hochreiter 2016).</summary>
    /// <exception cref="ArgumentException">alpha is below 0 or NaN.</exception>
    public Tensor Elu(float alpha = 1)
    {
        // The gradient tells the two sides apart by the output's sign.
        if (!(alpha >= 0)) Throw.Argument($"Elu: alpha is {alpha} for {Shape}; it must be at least 0.");
        return Differentiable<Elu>(alpha);
    }

    /// <summary>x · Φ(x) with the exact normal distribution function (Hendrycks and Gimpel 2016).</summary>
    public Tensor Gelu() => Differentiable<Gelu>();

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    public Tensor Sigmoid() => Differentiable<Sigmoid>();

    /// <summary>The hyperbolic tangent.</summary>
    public Tensor Tanh() => Differentiable<Tanh>();

    /// <summary>ln(1 + eˣ), without overflow.</summary>
    public Tensor Softplus() => Differentiable<Softplus>();

    /// <summary>x · <see cref="HardSigmoid"/> (Howard et al. 2019).</summary>
    public Tensor HardSwish() => Differentiable<HardSwish>();

    /// <summary>(x + 3) / 6, cut to 0 … 1.</summary>
    public Tensor HardSigmoid() => Differentiable<HardSigmoid>();

    /// <summary>eˣ.</summary>
    public Tensor Exp() => Differentiable<Exp>();

    /// <summary>The natural logarithm; -∞ at 0, NaN below.</summary>
    public Tensor Log() => Differentiable<Log>();

    /// <summary>The square root; NaN below 0.</summary>
    public Tensor Sqrt() => Differentiable<Sqrt>();

    /// <summary>x to the power of <paramref name="exponent"/>.</summary>
    public Tensor Power(float exponent) => Differentiable<Power>(exponent);

    /// <summary>One bit for each element, set where it is not zero.</summary>
    internal Tensor NonZeroBits()
    {
        var bits = Empty(new Shape((int)((Count + 31L) / 32)), Device, ElementType.Int32);
        Device.Backend.NonZeroBits(this, bits);
        return bits;
    }

    private static Tensor Binary<TOperator>(Tensor a, Tensor b)
        where TOperator : struct, IBinaryOperator
    {
        var operation = typeof(TOperator).Name;
        CheckOperands(operation, a, b);
        var result = Empty(Shape.Broadcast(a.Shape, b.Shape, operation), a.Device);
        a.Device.Backend.Binary<TOperator>(a, b, result);
        return result;
    }

    private Tensor Unary<TOperator>(float parameter, [CallerMemberName] string operation = "")
        where TOperator : struct, IUnaryOperator
    {
        Expect(ElementType.Float32, operation);
        var result = Empty(Shape, Device);
        Device.Backend.Unary<TOperator>(this, parameter, result);
        return result;
    }

    private Tensor Differentiable<TOperator>(float parameter = 0, [CallerMemberName] string operation = "")
        where TOperator : struct, IDifferentiableOperator
    {
        var result = Unary<TOperator>(parameter, operation);
        Tape.Record([result], [this], [TOperator.SavesOutput ? result : this], ElementwiseGradients.Unary<TOperator>(parameter));
        return result;
    }

    /// <summary>Checks that both are float32, alive and on one device.</summary>
    private static void CheckOperands(string operation, Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        a.Expect(ElementType.Float32, operation);
        b.Expect(ElementType.Float32, operation);
        ExpectOneDevice(operation, "left", a, "right", b);
    }

    /// <summary>Checks that both are float32, alive and on one device, and that they broadcast.</summary>
    private static void CheckBroadcast(string operation, Tensor a, Tensor b)
    {
        CheckOperands(operation, a, b);
        Shape.Broadcast(a.Shape, b.Shape, operation);
    }
}
