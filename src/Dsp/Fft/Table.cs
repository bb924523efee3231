using System.Runtime.CompilerServices;

namespace Engine.Dsp.Fft;

/// <summary>
/// Numbers pinned in memory, aligned to a cache line: twiddles and scratch. A vector that straddles two lines costs two loads.
/// </summary>
internal sealed unsafe class Table<T>
    where T : unmanaged
{
    private const int Line = 64;

    // Keeps the memory alive; pinned objects are not moved.
    private readonly T[] _memory;

    /// <summary>Makes an uninitialised table of <paramref name="length"/> numbers.</summary>
    public Table(int length)
    {
        Length = length;
        _memory = GC.AllocateUninitializedArray<T>(checked(length + Line / sizeof(T)), pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref _memory[0]);
        Pointer = (T*)((address + Line - 1) & ~(nuint)(Line - 1));
    }

    /// <summary>The first number. The table must outlive its use: keep it in a field.</summary>
    public T* Pointer { get; }

    /// <summary>How many numbers.</summary>
    public int Length { get; }

    /// <summary>The numbers.</summary>
    public Span<T> Span => new(Pointer, Length);
}
