namespace Engine.Tensors.Cpu.Kernels;

/// <summary>Two vectors of the processor's width side by side: a row of a tile's sums, or the columns of b at one step.</summary>
internal unsafe interface ITileRow<TSelf, T>
    where TSelf : struct, ITileRow<TSelf, T>
    where T : unmanaged
{
    /// <summary>Elements of the row.</summary>
    static abstract int Columns { get; }

    /// <summary>Rows of the lowest tile: the registers hold three times as many, and two columns of b.</summary>
    static abstract int Unit { get; }

    /// <summary>The elements at an address.</summary>
    static abstract TSelf Load(T* from);

    /// <summary>this += factor · other, rounded once. In place, because a returned sum would be copied at every step.</summary>
    void AddScaled(T factor, TSelf other);

    /// <summary>Stores the elements, or adds them to what is there.</summary>
    void Store(T* to, bool accumulate);
}
