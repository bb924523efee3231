using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// The gradient of <see cref="MaxPool2d{TPlace}"/>: each window's gradient is added at its winner's place. Small windows do so in
/// vectors of neighbouring windows, place by place; large ones, which have many places for one winner, one by one. Either adds
/// to an element in the order of the windows. Work is split by planes, since windows may overlap. The result is overwritten.
/// </summary>
internal static unsafe class MaxPool2dGradient<TPlace>
    where TPlace : unmanaged, IBinaryInteger<TPlace>
{
    private const int Width = 16;

    // Each place takes some five instructions for sixteen windows, whether one of them has its winner there or not.
    private const int MostPlaces = 16;

    [ThreadStatic]
    private static AlignedBuffer? s_lines;

    /// <summary>Computes gradInput.</summary>
    public static void Run(Pool2dGeometry g, TPlace* places, float* gradOutput, float* gradInput)
    {
        if (PoolRows.IsPairs(g) && g.OutputWidth >= Width)
        {
            PoolRows.ForPlanes(g, plane => Pairs(g, plane, places, gradOutput, gradInput));
        }
        else if (g.KernelHeight * g.KernelWidth <= MostPlaces)
        {
            var columns = new PoolColumns(g);
            PoolRows.ForPlanes(g, plane => new Lines(g, columns).Run(plane, places, gradOutput, gradInput));
        }
        else
        {
            Scatter(g, places, gradOutput, gradInput);
        }
    }

    // One by one.
    private static void Scatter(Pool2dGeometry g, TPlace* places, float* gradOutput, float* gradInput)
    {
        // The distances from a window's corner to each of its places.
        var offsets = new int[g.KernelHeight * g.KernelWidth];
        for (var i = 0; i < offsets.Length; i++) offsets[i] = i / g.KernelWidth * g.Width + i % g.KernelWidth;
        PoolRows.ForPlanes(g, plane =>
        {
            var target = gradInput + (long)plane * g.Height * g.Width;
            new Span<float>(target, g.Height * g.Width).Clear();
            for (var row = 0; row < g.OutputHeight; row++)
            {
                var at = ((long)plane * g.OutputHeight + row) * g.OutputWidth;
                var corner = target + (row * g.StrideHeight - g.PadHeight) * g.Width - g.PadWidth;
                for (var column = 0; column < g.OutputWidth; column++)
                {
                    var offset = offsets[int.CreateTruncating(places[at + column])];
                    corner[column * g.StrideWidth + offset] += gradOutput[at + column];
                }
            }
        });
    }

    // 2×2 windows side by side: every element is written once. The last sixteen windows end with the row.
    private static void Pairs(in Pool2dGeometry g, int plane, TPlace* places, float* gradOutput, float* gradInput)
    {
        for (var row = 0; row < g.OutputHeight; row++)
        {
            var at = ((long)plane * g.OutputHeight + row) * g.OutputWidth;
            var target = gradInput + ((long)plane * g.Height + 2L * row) * g.Width;
            for (var i = 0; i < g.OutputWidth; i += Width)
            {
                var column = Math.Min(i, g.OutputWidth - Width);
                var (place, gradient) = (LoadPlaces(places + at + column), Vector512.Load(gradOutput + at + column));
                PoolRows.StorePairs(Chosen(gradient, place, 0), Chosen(gradient, place, 1), target + 2 * column);
                PoolRows.StorePairs(Chosen(gradient, place, 2), Chosen(gradient, place, 3), target + g.Width + 2 * column);
            }

            if (g.Width % 2 == 1) target[g.Width - 1] = target[2 * g.Width - 1] = 0;
        }

        if (g.Height % 2 == 1) new Span<float>(gradInput + ((plane + 1L) * g.Height - 1) * g.Width, g.Width).Clear();
    }

    private static void Widen(TPlace* places, int* result, int count)
    {
        var i = 0;
        for (; i <= count - Width; i += Width) LoadPlaces(places + i).Store(result + i);
        for (; i < count; i++) result[i] = int.CreateTruncating(places[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> LoadPlaces(TPlace* places)
    {
        if (sizeof(TPlace) == sizeof(int)) return Vector512.Load((int*)places);
        if (Avx512F.IsSupported) return Avx512F.ConvertToVector512Int32(Vector128.Load((byte*)places));
        var bytes = Vector128.Load((byte*)places);
        var (low, high) = (Vector128.WidenLower(bytes), Vector128.WidenUpper(bytes));
        var (lower, upper) = Vector256.Widen(Vector256.Create(low, high));
        return Vector512.Create(lower, upper).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Chosen(Vector512<float> gradient, Vector512<int> place, int at) =>
        gradient & Vector512.Equals(place, Vector512.Create(at)).AsSingle();

    // A plane's lines: the gradients and places of a row of windows, and a split line of sums for each row of a window.
    private readonly struct Lines
    {
        private readonly Pool2dGeometry _g;
        private readonly PoolColumns _columns;
        private readonly float* _gradients;
        private readonly int* _places;
        private readonly float* _spare;
        private readonly float* _sums;

        public Lines(Pool2dGeometry g, PoolColumns columns)
        {
            (_g, _columns) = (g, columns);
            _gradients = (s_lines ??= new AlignedBuffer()).Reserve(2L * columns.Outputs + (2L + g.KernelHeight) * columns.Length);
            _places = (int*)(_gradients + columns.Outputs);
            _spare = _gradients + 2L * columns.Outputs;
            _sums = _spare + 2L * columns.Length;
        }

        public void Run(int plane, TPlace* places, float* gradOutput, float* gradInput)
        {
            // No gradient comes from the lanes after the last window, wherever their winners may be.
            new Span<float>(_gradients, 2 * _columns.Outputs).Clear();
            new Span<float>(_sums, _g.KernelHeight * _columns.Length).Clear();
            var done = 0;
            var target = gradInput + (long)plane * _g.Height * _g.Width;
            for (var row = 0; row < _g.OutputHeight; row++)
            {
                var at = ((long)plane * _g.OutputHeight + row) * _g.OutputWidth;
                new Span<float>(gradOutput + at, _g.OutputWidth).CopyTo(new Span<float>(_gradients, _g.OutputWidth));
                Widen(places + at, _places, _g.OutputWidth);
                var corner = row * _g.StrideHeight - _g.PadHeight;
                var (top, bottom) = PoolRows.Window(row, _g.StrideHeight, _g.PadHeight, _g.KernelHeight, _g.Height);

                // No window below reaches the rows above this one.
                for (; done < top; done++) Finish(done, target);
                for (var y = top; y < bottom; y++) Add(Sums(y), (y - corner) * _g.KernelWidth);
            }

            for (; done < _g.Height; done++) Finish(done, target);
        }

        private float* Sums(int y) => _sums + (long)(y % _g.KernelHeight) * _columns.Length;

        // The last column first, so that an element gets its sums in the order of the windows.
        private void Add(float* sums, int place)
        {
            ReadOnlySpan<int> offsets = _columns.Offsets;
            for (var j = offsets.Length - 1; j >= 0; j--)
            {
                var target = sums + offsets[j];
                for (var i = 0; i < _columns.Outputs; i += Width)
                {
                    var chosen = Chosen(Vector512.Load(_gradients + i), Vector512.Load(_places + i), place + j);
                    (Vector512.Load(target + i) + chosen).Store(target + i);
                }
            }
        }

        private void Finish(int y, float* target)
        {
            var sums = Sums(y);
            _columns.Write(_columns.Join(sums, _spare, _spare + _columns.Length), target + (long)y * _g.Width);
            new Span<float>(sums, _columns.Length).Clear();
        }
    }
}
