using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tensors.Operators;

/// <summary>
/// The functions of <see cref="VectorMath"/> for one number, in arithmetic that a GPU can compile too: no tables, no fused steps.
/// </summary>
internal static class ScalarMath
{
    /// <summary>1 / (1 + e⁻ˣ).</summary>
    public static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));

    /// <summary>ln(1 + eˣ); see <see cref="VectorMath.Softplus"/>.</summary>
    public static float Softplus(float x)
    {
        var t = MathF.Exp(-MathF.Abs(x));
        var u = 1 + t;
        return (x > 0 ? x : 0) + (u == 1 ? t : MathF.Log(u) * t / (u - 1));
    }

    /// <summary>The error function, by the polynomials of <see cref="VectorMath.Erf"/>.</summary>
    public static float Erf(float x)
    {
        var a = MathF.Abs(x);
        if (a < 1)
        {
            var s = x * x;
            var series = 7.8538913E-05f * s - 8.0102036E-04f;
            series = ((series * s + 5.1883291E-03f) * s - 2.6853813E-02f) * s + 1.1283585E-01f;
            return ((series * s - 3.7612626E-01f) * s + 1.2837917E-01f) * x + x;
        }

        a = a > 4 ? 4 : a;
        var logarithm = (1.8637921E-04f * a - 2.9476585E-03f) * a + 2.1838065E-02f;
        logarithm = ((logarithm * a - 1.0310676E-01f) * a - 6.3814485E-01f) * a - 1.1270891E+00f;
        var tail = 1 - MathF.Exp(logarithm * a - 3.4152283E-04f);
        return x < 0 ? -tail : tail;
    }

    /// <summary>xᵖ: the common exponents by multiplication, division and square root.</summary>
    public static float Power(float x, float p) => p switch
    {
        2 => x * x,
        1 => x,
        0.5f => MathF.Sqrt(x),
        -1 => 1 / x,
        3 => x * x * x,
        0 => 1,
        _ => MathF.Pow(x, p),
    };
}
