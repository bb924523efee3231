using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>One <see cref="UpdateRule"/> on sixteen elements: changes the states and returns what is taken from the parameter.</summary>
internal interface IUpdateOperator
{
    static abstract bool HasFirst { get; }

    static abstract bool HasSecond { get; }

    static abstract Vector512<float> Step(in UpdateFactors f, Vector512<float> g, ref Vector512<float> m, ref Vector512<float> v);
}

/// <summary>The rules of <see cref="UpdateRule"/>.</summary>
internal static class UpdateOperators
{
    internal readonly struct Plain : IUpdateOperator
    {
        public static bool HasFirst => false;

        public static bool HasSecond => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Step(in UpdateFactors f, Vector512<float> g, ref Vector512<float> m, ref Vector512<float> v) => g * f.GradientRate;
    }

    internal readonly struct Momentum : IUpdateOperator
    {
        public static bool HasFirst => true;

        public static bool HasSecond => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Step(in UpdateFactors f, Vector512<float> g, ref Vector512<float> m, ref Vector512<float> v)
        {
            m = Vector512.FusedMultiplyAdd(m, Vector512.Create(f.FirstDecay), g);
            return Direction(f, g, m);
        }
    }

    internal readonly struct Adam : IUpdateOperator
    {
        public static bool HasFirst => true;

        public static bool HasSecond => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Step(in UpdateFactors f, Vector512<float> g, ref Vector512<float> m, ref Vector512<float> v)
        {
            m = Towards(m, g, f.FirstShare);
            v = Towards(v, g * g, f.SecondShare);
            return Direction(f, g, m) / Vector512.FusedMultiplyAdd(Vector512.Sqrt(v), Vector512.Create(f.SecondScale), Vector512.Create(f.Epsilon));
        }
    }

    internal readonly struct Adamax : IUpdateOperator
    {
        public static bool HasFirst => true;

        public static bool HasSecond => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Step(in UpdateFactors f, Vector512<float> g, ref Vector512<float> m, ref Vector512<float> v)
        {
            m = Towards(m, g, f.FirstShare);
            v = Vector512.Max(v * f.SecondDecay, Vector512.Abs(g) + Vector512.Create(f.Epsilon));
            return m * f.StateRate / v;
        }
    }

    internal readonly struct Adagrad : IUpdateOperator
    {
        public static bool HasFirst => false;

        public static bool HasSecond => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Step(in UpdateFactors f, Vector512<float> g, ref Vector512<float> m, ref Vector512<float> v)
        {
            v = Vector512.FusedMultiplyAdd(g, g, v);
            return g * f.GradientRate / (Vector512.Sqrt(v) + Vector512.Create(f.Epsilon));
        }
    }

    internal readonly struct RmsProp : IUpdateOperator
    {
        public static bool HasFirst => false;

        public static bool HasSecond => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Step(in UpdateFactors f, Vector512<float> g, ref Vector512<float> m, ref Vector512<float> v)
        {
            v = Towards(v, g * g, f.SecondShare);
            return g * f.GradientRate / (Vector512.Sqrt(v) + Vector512.Create(f.Epsilon));
        }
    }

    internal readonly struct RmsPropMomentum : IUpdateOperator
    {
        public static bool HasFirst => true;

        public static bool HasSecond => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Step(in UpdateFactors f, Vector512<float> g, ref Vector512<float> m, ref Vector512<float> v)
        {
            v = Towards(v, g * g, f.SecondShare);
            m = Vector512.FusedMultiplyAdd(m, Vector512.Create(f.FirstDecay), g / (Vector512.Sqrt(v) + Vector512.Create(f.Epsilon)));
            return m * f.StateRate;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Direction(in UpdateFactors f, Vector512<float> g, Vector512<float> m) =>
        Vector512.FusedMultiplyAdd(g, Vector512.Create(f.GradientRate), m * f.StateRate);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Towards(Vector512<float> state, Vector512<float> value, float share) =>
        Vector512.FusedMultiplyAdd(value - state, Vector512.Create(share), state);
}
