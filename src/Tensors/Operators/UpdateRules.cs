using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Operators;

/// <summary>The formula of one <see cref="UpdateRule"/>, in the forms of <see cref="IUnaryOperator"/>.</summary>
public interface IUpdateOperator
{
    /// <summary>The rule.</summary>
    static abstract UpdateRule Rule { get; }

    /// <summary>Whether it has the first state, m.</summary>
    static virtual bool HasFirst => false;

    /// <summary>Whether it has the second state, v.</summary>
    static virtual bool HasSecond => false;

    /// <summary>Changes the states of one element and returns what is taken from the parameter.</summary>
    static abstract float Step(in UpdateFactors f, float g, ref float m, ref float v);

    /// <summary>The same of sixteen elements.</summary>
    static abstract Vector512<float> Step(in UpdateFactors f, Vector512<float> g, ref Vector512<float> m, ref Vector512<float> v);
}

/// <summary>The operator of a rule that is only known at run time.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class UpdateStep
{
    private static readonly UpdateStep[] s_all =
    [
        new Of<UpdateRules.Plain>(), new Of<UpdateRules.Momentum>(), new Of<UpdateRules.Adam>(), new Of<UpdateRules.Adamax>(),
        new Of<UpdateRules.Adagrad>(), new Of<UpdateRules.RmsProp>(), new Of<UpdateRules.RmsPropMomentum>(),
    ];

    /// <summary>Which rule.</summary>
    public abstract UpdateRule Rule { get; }

    /// <summary>Whether it has the first state.</summary>
    public abstract bool HasFirst { get; }

    /// <summary>Whether it has the second state.</summary>
    public abstract bool HasSecond { get; }

    /// <summary>The operator of a rule.</summary>
    public static UpdateStep Find(UpdateRule rule) =>
        Array.Find(s_all, s => s.Rule == rule)
        ?? throw new ArgumentOutOfRangeException(nameof(rule), $"Update: unknown rule {rule}.");

    /// <summary><see cref="IBackend.Update{TOperator}"/> with this operator.</summary>
    public abstract void Run(IBackend backend, in UpdateFactors factors, Tensor? scale, ReadOnlySpan<ParameterUpdate> updates);

    private sealed class Of<TOperator> : UpdateStep
        where TOperator : struct, IUpdateOperator
    {
        public override UpdateRule Rule => TOperator.Rule;

        public override bool HasFirst => TOperator.HasFirst;

        public override bool HasSecond => TOperator.HasSecond;

        public override void Run(
            IBackend backend, in UpdateFactors factors, Tensor? scale, ReadOnlySpan<ParameterUpdate> updates) =>
            backend.Update<TOperator>(factors, scale, updates);
    }
}

/// <summary>The rules of <see cref="UpdateRule"/>.</summary>
internal static class UpdateRules
{
    internal readonly struct Plain : IUpdateOperator
    {
        public static UpdateRule Rule => UpdateRule.Plain;

        public static float Step(in UpdateFactors f, float g, ref float m, ref float v) => g * f.GradientRate;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Step(
            in UpdateFactors f, Vector512<float> g, ref Vector512<float> m, ref Vector512<float> v) =>
            g * f.GradientRate;
    }

    internal readonly struct Momentum : IUpdateOperator
    {
        public static UpdateRule Rule => UpdateRule.Momentum;

        public static bool HasFirst => true;

        public static float Step(in UpdateFactors f, float g, ref float m, ref float v)
        {
            m = m * f.FirstDecay + g;
            return Direction(f, g, m);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Step(
            in UpdateFactors f, Vector512<float> g, ref Vector512<float> m, ref Vector512<float> v)
        {
            m = Vector512.FusedMultiplyAdd(m, Vector512.Create(f.FirstDecay), g);
            return Direction(f, g, m);
        }
    }

    internal readonly struct Adam : IUpdateOperator
    {
        public static UpdateRule Rule => UpdateRule.Adam;

        public static bool HasFirst => true;

        public static bool HasSecond => true;

        public static float Step(in UpdateFactors f, float g, ref float m, ref float v)
        {
            m = Towards(m, g, f.FirstShare);
            v = Towards(v, g * g, f.SecondShare);
            return Direction(f, g, m) / (MathF.Sqrt(v) * f.SecondScale + f.Epsilon);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Step(
            in UpdateFactors f, Vector512<float> g, ref Vector512<float> m, ref Vector512<float> v)
        {
            m = Towards(m, g, f.FirstShare);
            v = Towards(v, g * g, f.SecondShare);
            var (scale, epsilon) = (Vector512.Create(f.SecondScale), Vector512.Create(f.Epsilon));
            return Direction(f, g, m) / Vector512.FusedMultiplyAdd(Vector512.Sqrt(v), scale, epsilon);
        }
    }

    internal readonly struct Adamax : IUpdateOperator
    {
        public static UpdateRule Rule => UpdateRule.Adamax;

        public static bool HasFirst => true;

        public static bool HasSecond => true;

        public static float Step(in UpdateFactors f, float g, ref float m, ref float v)
        {
            m = Towards(m, g, f.FirstShare);
            v = ScalarMath.Max(v * f.SecondDecay, MathF.Abs(g) + f.Epsilon);
            return m * f.StateRate / v;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Step(
            in UpdateFactors f, Vector512<float> g, ref Vector512<float> m, ref Vector512<float> v)
        {
            m = Towards(m, g, f.FirstShare);
            v = Vector512.Max(v * f.SecondDecay, Vector512.Abs(g) + Vector512.Create(f.Epsilon));
            return m * f.StateRate / v;
        }
    }

    internal readonly struct Adagrad : IUpdateOperator
    {
        public static UpdateRule Rule => UpdateRule.Adagrad;

        public static bool HasSecond => true;

        public static float Step(in UpdateFactors f, float g, ref float m, ref float v)
        {
            v = g * g + v;
            return g * f.GradientRate / (MathF.Sqrt(v) + f.Epsilon);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Step(
            in UpdateFactors f, Vector512<float> g, ref Vector512<float> m, ref Vector512<float> v)
        {
            v = Vector512.FusedMultiplyAdd(g, g, v);
            return g * f.GradientRate / (Vector512.Sqrt(v) + Vector512.Create(f.Epsilon));
        }
    }

    internal readonly struct RmsProp : IUpdateOperator
    {
        public static UpdateRule Rule => UpdateRule.RmsProp;

        public static bool HasSecond => true;

        public static float Step(in UpdateFactors f, float g, ref float m, ref float v)
        {
            v = Towards(v, g * g, f.SecondShare);
            return g * f.GradientRate / (MathF.Sqrt(v) + f.Epsilon);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Step(
            in UpdateFactors f, Vector512<float> g, ref Vector512<float> m, ref Vector512<float> v)
        {
            v = Towards(v, g * g, f.SecondShare);
            return g * f.GradientRate / (Vector512.Sqrt(v) + Vector512.Create(f.Epsilon));
        }
    }

    internal readonly struct RmsPropMomentum : IUpdateOperator
    {
        public static UpdateRule Rule => UpdateRule.RmsPropMomentum;

        public static bool HasFirst => true;

        public static bool HasSecond => true;

        public static float Step(in UpdateFactors f, float g, ref float m, ref float v)
        {
            v = Towards(v, g * g, f.SecondShare);
            m = m * f.FirstDecay + g / (MathF.Sqrt(v) + f.Epsilon);
            return m * f.StateRate;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Step(
            in UpdateFactors f, Vector512<float> g, ref Vector512<float> m, ref Vector512<float> v)
        {
            v = Towards(v, g * g, f.SecondShare);
            var normalised = g / (Vector512.Sqrt(v) + Vector512.Create(f.Epsilon));
            m = Vector512.FusedMultiplyAdd(m, Vector512.Create(f.FirstDecay), normalised);
            return m * f.StateRate;
        }
    }

    private static float Direction(in UpdateFactors f, float g, float m) => g * f.GradientRate + m * f.StateRate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Direction(in UpdateFactors f, Vector512<float> g, Vector512<float> m) =>
        Vector512.FusedMultiplyAdd(g, Vector512.Create(f.GradientRate), m * f.StateRate);

    private static float Towards(float state, float value, float share) => (value - state) * share + state;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Towards(Vector512<float> state, Vector512<float> value, float share) =>
        Vector512.FusedMultiplyAdd(value - state, Vector512.Create(share), state);
}
