using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Engine.Dsp;

/// <summary>
/// The share of a wanted magnitude relative to an unwanted one, <c>x^p / (x^p + r^p)</c>, scaled so that no power overflows:
/// <c>librosa.util.softmask</c>.
/// </summary>
internal readonly struct SoftMask
{
    // The smallest normal number; librosa treats anything below as silence.
    private const float Tiny = 1.17549435e-38f;

    private readonly float _power;
    private readonly float _silence;

    /// <summary>Creates a mask.</summary>
    /// <param name="power">The exponent p, above 0; +∞ gives 1 where x &gt; r and 0 elsewhere.</param>
    /// <param name="splitZeros">True: the mask is a half where both are silent; false: zero. Has no effect if p is
    /// infinite.</param>
    public SoftMask(float power, bool splitZeros)
    {
        _power = power;
        _silence = splitZeros ? 0.5f : 0;
    }

    /// <summary>Fills <paramref name="mask"/>, which may be the span of <paramref name="x"/>.</summary>
    /// <param name="x">Wanted magnitudes, not negative.</param>
    /// <param name="r">Unwanted magnitudes, not negative, of the same length.</param>
    /// <param name="margin">A factor applied to the unwanted ones.</param>
    /// <param name="mask">The shares, in [0, 1], of the same length.</param>
    public void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> r, float margin, Span<float> mask)
    {
        var done = _power == 2 ? Square(x, r, margin, mask) : 0;
        for (var i = done; i < x.Length; i++) mask[i] = Share(x[i], r[i] * margin);
    }

    private float Share(float x, float r)
    {
        if (float.IsPositiveInfinity(_power)) return x > r ? 1 : 0;
        var larger = Math.Max(x, r);
        if (larger < Tiny) return _silence;
        var scale = 1 / larger;
        var (a, b) = (Raise(x * scale), Raise(r * scale));
        return a / (a + b);
    }

    private float Raise(float value) => _power == 2 ? value * value : _power == 1 ? value : MathF.Pow(value, _power);

    // Whole vectors of the most common case. Division is the bottleneck and no faster at 512 bits than at 256, so the width
    // is Vector's. Rounds like Share.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Square(ReadOnlySpan<float> x, ReadOnlySpan<float> r, float margin, Span<float> mask)
    {
        var xs = MemoryMarshal.Cast<float, Vector<float>>(x);
        var rs = MemoryMarshal.Cast<float, Vector<float>>(r);
        var result = MemoryMarshal.Cast<float, Vector<float>>(mask);
        var silence = new Vector<float>(_silence);
        for (var i = 0; i < xs.Length; i++)
        {
            var reference = rs[i] * margin;
            var larger = Vector.Max(xs[i], reference);
            var scale = Vector<float>.One / larger;
            var (a, b) = (xs[i] * scale, reference * scale);
            (a, b) = (a * a, b * b);
            result[i] = Vector.ConditionalSelect(Vector.LessThan(larger, new Vector<float>(Tiny)), silence, a / (a + b));
        }

        return xs.Length * Vector<float>.Count;
    }
}
