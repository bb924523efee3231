using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Tensors.Operators;
using Tiny = Engine.Dsp.Tiny;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Optimiser steps: gradient, parameter and states are read once, parameter and states written once, so memory limits the speed,
/// not arithmetic. Work is split by elements; no element depends on another. What decays towards 0 reaches it: see
/// <see cref="Tiny"/>.
/// </summary>
internal static unsafe class Optimizers
{
    private const int Width = 16;
    private const int Grain = 16 * 1024;

    /// <summary>
    /// One step over <paramref name="count"/> elements, of gradients times a scale; states that the rule does not use are null.
    /// </summary>
    public static void Update<TOperator>(
        UpdateFactors factors, float scale, float weightDecay, float* gradient, float* parameter, float* first, float* second,
        int count)
        where TOperator : struct, IUpdateOperator
    {
        // Small parameters (biases) skip the split and its closure.
        if (count <= Grain) Run<TOperator>(factors, scale, weightDecay, gradient, parameter, first, second, count);
        else Split<TOperator>(factors, scale, weightDecay, gradient, parameter, first, second, count);
    }

    private static void Split<TOperator>(
        UpdateFactors factors, float scale, float weightDecay, float* gradient, float* parameter, float* first, float* second,
        int count)
        where TOperator : struct, IUpdateOperator =>
        RowParallel.For(count, Grain, (from, to) => Run<TOperator>(
            factors, scale, weightDecay, gradient + from, parameter + from, first is null ? null : first + from,
            second is null ? null : second + from, to - from));

    private static void Run<TOperator>(
        in UpdateFactors factors, float scale, float weightDecay, float* gradient, float* parameter, float* first, float* second,
        int count)
        where TOperator : struct, IUpdateOperator
    {
        var f = factors;
        var i = 0;
        for (; i <= count - Width; i += Width)
        {
            Step<TOperator>(f, scale, weightDecay, gradient + i, parameter + i, TOperator.HasFirst ? first + i : null,
                TOperator.HasSecond ? second + i : null);
        }

        if (i == count) return;
        var rest = count - i;
        var buffer = stackalloc float[4 * Width];
        Copy(gradient + i, buffer, rest);
        Copy(parameter + i, buffer + Width, rest);
        if (TOperator.HasFirst) Copy(first + i, buffer + 2 * Width, rest);
        if (TOperator.HasSecond) Copy(second + i, buffer + 3 * Width, rest);
        Step<TOperator>(f, scale, weightDecay, buffer, buffer + Width, buffer + 2 * Width, buffer + 3 * Width);
        Copy(buffer + Width, parameter + i, rest);
        if (TOperator.HasFirst) Copy(buffer + 2 * Width, first + i, rest);
        if (TOperator.HasSecond) Copy(buffer + 3 * Width, second + i, rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<TOperator>(
        in UpdateFactors f, float scale, float weightDecay, float* gradient, float* parameter, float* first, float* second)
        where TOperator : struct, IUpdateOperator
    {
        var p = Vector512.Load(parameter);
        var g = Vector512.Load(gradient) * scale;
        var clip = Vector512.Create(f.Clip);
        g = Vector512.ConditionalSelect(Vector512.GreaterThan(g, clip), clip, g);
        g = Vector512.ConditionalSelect(Vector512.LessThan(g, -clip), -clip, g);
        g = Vector512.FusedMultiplyAdd(p, Vector512.Create(weightDecay), g);
        var m = TOperator.HasFirst ? Vector512.Load(first) : default;
        var v = TOperator.HasSecond ? Vector512.Load(second) : default;
        var step = TOperator.Step(f, g, ref m, ref v);
        Tiny.Flush(Vector512.FusedMultiplyAdd(p, Vector512.Create(-f.DirectDecay), p) - step).Store(parameter);
        if (TOperator.HasFirst) Tiny.Flush(m).Store(first);

        // A mean of squares: even gradients that still matter have small ones.
        if (TOperator.HasSecond) Tiny.FlushSubnormal(v).Store(second);
    }

    private static void Copy(float* source, float* target, int count)
    {
        for (var i = 0; i < count; i++) target[i] = source[i];
    }
}
