using System.Runtime.CompilerServices;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>Up to four axes that elements are counted along; sizes outermost first, of which the first is not needed.</summary>
internal readonly struct FourAxes(ReadOnlySpan<int> sizes)
{
    private readonly Divisor _second = new(sizes[1]), _third = new(sizes[2]), _fourth = new(sizes[3]);
    private readonly int _axes = sizes[0] > 1 ? 4 : sizes[1] > 1 ? 3 : 2;

    /// <summary>Where element i stands on each axis.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Position At(int i)
    {
        // Divisions cost more than a copy, so only those that are needed are made.
        int first = 0, second = 0, third = _fourth.Divide(i);
        var fourth = i - third * _fourth.Value;
        if (_axes > 2)
        {
            second = _third.Divide(third);
            third -= second * _third.Value;
        }

        if (_axes > 3)
        {
            first = _second.Divide(second);
            second -= first * _second.Value;
        }

        return new() { First = first, Second = second, Third = third, Fourth = fourth };
    }

    /// <summary>A place on each axis.</summary>
    internal struct Position
    {
        public int First, Second, Third, Fourth;
    }

    /// <summary>The elements of a tensor between neighbours on each axis; 0 repeats.</summary>
    internal readonly struct Strides(ReadOnlySpan<int> strides)
    {
        private readonly int _first = strides[0], _second = strides[1], _third = strides[2], _fourth = strides[3];

        /// <summary>Where the element at a place lies.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Element(Position at) => at.First * _first + at.Second * _second + at.Third * _third + at.Fourth * _fourth;
    }
}
