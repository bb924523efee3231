namespace Engine.Dsp.Fft;

/// <summary>
/// A vector of <see cref="Count"/> numbers that one instruction works on. The passes are written once against this interface; the
/// JIT compiles them once per width, with every member below inlined as an instruction or two.
/// </summary>
/// <typeparam name="V">The implementing type.</typeparam>
/// <typeparam name="T">float or double.</typeparam>
internal unsafe interface ILanes<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged
{
    /// <summary>The number of lanes.</summary>
    static abstract nuint Count { get; }

    /// <summary>The lanes at <paramref name="source"/>, which needs no alignment.</summary>
    static abstract V Load(T* source);

    /// <summary>Writes the lanes to <paramref name="destination"/>, which needs no alignment.</summary>
    void Store(T* destination);

    /// <summary>All lanes equal to <paramref name="value"/>.</summary>
    static abstract V Broadcast(T value);

    /// <summary>The sums, lane by lane.</summary>
    static abstract V operator +(V a, V b);

    /// <summary>The differences, lane by lane.</summary>
    static abstract V operator -(V a, V b);

    /// <summary>The products, lane by lane.</summary>
    static abstract V operator *(V a, V b);

    /// <summary>The negatives, lane by lane.</summary>
    static abstract V operator -(V a);

    /// <summary>a·b + c, rounded once where the processor has a fused instruction.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    /// <summary>a·b - c, rounded once where the processor has a fused instruction.</summary>
    static abstract V MultiplySubtract(V a, V b, V c);

    /// <summary>a - b·c, rounded once where the processor has a fused instruction.</summary>
    static abstract V SubtractProduct(V a, V b, V c);

    /// <summary>The lanes in reverse order.</summary>
    static abstract V Reverse(V a);

    /// <summary>Interleaves: a0 b0 a1 b1 … in <paramref name="low"/>, continued in <paramref name="high"/>.</summary>
    static abstract void Zip(V a, V b, out V low, out V high);

    /// <summary>Undoes <see cref="Zip"/>: the elements at even and at odd places of (low, high).</summary>
    static abstract void Unzip(V low, V high, out V even, out V odd);
}
