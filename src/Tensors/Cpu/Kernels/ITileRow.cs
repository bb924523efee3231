namespace Engine.Tensors.Cpu.Kernels;

/// <summary>Two vectors of a processor's width side by side: a row of a tile's sums, or the columns of b at one step.</summary>
internal unsafe interface ITileRow<TSelf, T>
    where TSelf : struct, ITileRow<TSelf, T>
    where T : unmanaged
{
    /// <summary>Elements of the row.</summary>
    static abstract int Columns { get; }

    /// <summary>Rows of the lowest tile: three times as many, and two columns of b, are what the registers hold.</summary>
    static abstract int Unit { get; }

    /// <summary>The elements at an address.</summary>
    static abstract TSelf Load(T* from);

    /// <summary>this += factor · other, rounded once. In place: a sum that were returned would be copied at every step.</summary>
    void AddScaled(T factor, TSelf other);

    /// <summary>Writes the elements, or adds them to what is there.</summary>
    void Store(T* to, bool accumulate);
}
