using System.Runtime.Intrinsics;

namespace Engine.Tensors.Operators;

/// <summary>
/// An operation y = f(x, p) on each element, described once: backends, autograd and the table of cases are generic over the
/// struct, whose name is the operation's. p is its parameter where it has one. The scalar form is plain float arithmetic, which
/// a GPU can compile; the vector form is the processor's. The two agree within the budget of the operation's case.
/// </summary>
public interface IUnaryOperator
{
    /// <summary>f of one element.</summary>
    static abstract float Apply(float x, float p);

    /// <summary>f of sixteen elements; shorter runs are padded, so one formula serves every length.</summary>
    static abstract Vector512<float> Apply(Vector512<float> x, float p);
}

/// <summary>An operation whose derivative needs its input or its output.</summary>
public interface IDifferentiableOperator : IUnaryOperator
{
    /// <summary>Whether the derivative is cheapest from the output, which the backward pass then keeps; else the input.</summary>
    static virtual bool SavesOutput => false;

    /// <summary>gradient · f′ of one element, from what was saved.</summary>
    static abstract float Gradient(float saved, float gradient, float p);

    /// <summary>The same of sixteen elements.</summary>
    static abstract Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float p);
}
