using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Pooling of planes [H, W]. A window's rows are combined first, which runs along the contiguous columns in vectors; its
/// columns second. Work is split by rows of output, backwards by planes, since windows may overlap. Results are
/// overwritten.
/// </summary>
internal static unsafe class Pool2d
{
    private const int Width = 16;
    private const int Grain = 16 * 1024;

    [ThreadStatic]
    private static AlignedBuffer? s_row;

    /// <summary>The maximum of each window and, unless null, where in its plane it stands first; NaN wins.</summary>
    public static void Max(Pool2dGeometry g, float* input, float* output, int* indices) => ForRows(g, (plane, row) =>
    {
        var source = input + (long)plane * g.Height * g.Width;
        var (top, bottom) = Window(row, g.StrideHeight, g.PadHeight, g.KernelHeight, g.Height);
        var values = (s_row ??= new AlignedBuffer()).Reserve(2L * (g.Width + Width));
        var places = (int*)(values + g.Width + Width);
        MaxRows(source, g.Width, top, bottom, values, places);
        var at = ((long)plane * g.OutputHeight + row) * g.OutputWidth;
        for (var column = 0; column < g.OutputWidth; column++)
        {
            var (left, right) = Window(column, g.StrideWidth, g.PadWidth, g.KernelWidth, g.Width);
            var (best, place) = (values[left], places[left]);
            for (var i = left + 1; i < right; i++)
            {
                var candidate = values[i];

                // Not "greater or equal": the first of equals stays. A NaN beats every number and is beaten by none.
                var wins = candidate > best || (float.IsNaN(candidate) && !float.IsNaN(best));
                best = wins ? candidate : best;
                place = wins ? places[i] : place;
            }

            output[at + column] = best;
            if (indices is not null) indices[at + column] = place;
        }
    });

    /// <summary>Each gradient added at the place that won.</summary>
    public static void MaxGradient(Pool2dGeometry g, int* indices, float* gradOutput, float* gradInput)
    {
        var (inputs, outputs) = (g.Height * g.Width, g.OutputHeight * g.OutputWidth);
        RowParallel.For(g.Planes, Math.Max(1, Grain / Math.Max(1, inputs)), (from, to) =>
        {
            for (var plane = from; plane < to; plane++)
            {
                var target = gradInput + (long)plane * inputs;
                float* source = gradOutput + (long)plane * outputs;
                var places = indices + (long)plane * outputs;
                new Span<float>(target, inputs).Clear();
                for (var i = 0; i < outputs; i++) target[places[i]] += source[i];
            }
        });
    }

    /// <summary>The mean of each window; padding counts as zeros.</summary>
    public static void Average(Pool2dGeometry g, float* input, float* output)
    {
        var scale = 1f / (g.KernelHeight * g.KernelWidth);
        ForRows(g, (plane, row) =>
        {
            var source = input + (long)plane * g.Height * g.Width;
            var (top, bottom) = Window(row, g.StrideHeight, g.PadHeight, g.KernelHeight, g.Height);
            var sums = (s_row ??= new AlignedBuffer()).Reserve(g.Width + Width);
            AddRows(source, g.Width, top, bottom, sums);
            var target = output + ((long)plane * g.OutputHeight + row) * g.OutputWidth;
            for (var column = 0; column < g.OutputWidth; column++)
            {
                var (left, right) = Window(column, g.StrideWidth, g.PadWidth, g.KernelWidth, g.Width);
                var sum = 0f;
                for (var i = left; i < right; i++) sum += sums[i];
                target[column] = sum * scale;
            }
        });
    }

    /// <summary>Each gradient, divided by the window's size, added to the whole window.</summary>
    public static void AverageGradient(Pool2dGeometry g, float* gradOutput, float* gradInput)
    {
        var (inputs, scale) = (g.Height * g.Width, 1f / (g.KernelHeight * g.KernelWidth));
        RowParallel.For(g.Planes, Math.Max(1, Grain / Math.Max(1, inputs)), (from, to) =>
        {
            var line = (s_row ??= new AlignedBuffer()).Reserve(g.Width + Width);
            for (var plane = from; plane < to; plane++)
            {
                var target = gradInput + (long)plane * inputs;
                new Span<float>(target, inputs).Clear();
                for (var row = 0; row < g.OutputHeight; row++)
                {
                    var source = gradOutput + ((long)plane * g.OutputHeight + row) * g.OutputWidth;
                    new Span<float>(line, g.Width).Clear();
                    for (var column = 0; column < g.OutputWidth; column++)
                    {
                        var (left, right) = Window(column, g.StrideWidth, g.PadWidth, g.KernelWidth, g.Width);
                        for (var i = left; i < right; i++) line[i] += source[column] * scale;
                    }

                    var (top, bottom) = Window(row, g.StrideHeight, g.PadHeight, g.KernelHeight, g.Height);
                    for (var y = top; y < bottom; y++) AddRow(line, target + (long)y * g.Width, g.Width);
                }
            }
        });
    }

    private static void ForRows(Pool2dGeometry g, Action<int, int> body)
    {
        var cost = Math.Max(1, g.KernelHeight * g.Width);
        RowParallel.For(g.Planes * g.OutputHeight, Math.Max(1, Grain / cost), (from, to) =>
        {
            for (var row = from; row < to; row++) body(row / g.OutputHeight, row % g.OutputHeight);
        });
    }

    // The part of a window that lies on the input.
    private static (int From, int To) Window(int index, int stride, int pad, int kernel, int size)
    {
        var from = index * stride - pad;
        return (Math.Max(0, from), Math.Min(size, from + kernel));
    }

    // The maximum down each column of rows top … bottom - 1, and its flat place.
    private static void MaxRows(float* source, int width, int top, int bottom, float* values, int* places)
    {
        var lanes = Vector512<int>.Indices;
        for (var i = 0; i < width; i += Width)
        {
            // The last vector may run over the row's end; the lanes beyond it are never read.
            var best = Load(source + (long)top * width + i, width - i);
            var place = lanes + Vector512.Create(top * width + i);
            for (var y = top + 1; y < bottom; y++)
            {
                var candidate = Load(source + (long)y * width + i, width - i);
                var wins = Vector512.GreaterThan(candidate, best)
                    | Vector512.AndNot(~Vector512.Equals(candidate, candidate), ~Vector512.Equals(best, best));
                best = Vector512.ConditionalSelect(wins, candidate, best);
                place = Vector512.ConditionalSelect(wins.AsInt32(), lanes + Vector512.Create(y * width + i), place);
            }

            best.Store(values + i);
            place.Store(places + i);
        }
    }

    private static Vector512<float> Load(float* source, int left)
    {
        if (left >= Width) return Vector512.Load(source);
        var buffer = stackalloc float[Width];
        for (var i = 0; i < left; i++) buffer[i] = source[i];
        return Vector512.Load(buffer);
    }

    private static void AddRows(float* source, int width, int top, int bottom, float* sums)
    {
        new Span<float>(source + (long)top * width, width).CopyTo(new Span<float>(sums, width));
        for (var y = top + 1; y < bottom; y++) AddRow(source + (long)y * width, sums, width);
    }

    private static void AddRow(float* source, float* target, int count)
    {
        var i = 0;
        for (; i <= count - Width; i += Width) (Vector512.Load(target + i) + Vector512.Load(source + i)).Store(target + i);
        for (; i < count; i++) target[i] += source[i];
    }
}
