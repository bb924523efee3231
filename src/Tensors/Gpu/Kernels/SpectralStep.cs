using System.Runtime.CompilerServices;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>A step of a transform in shared memory; the host works them out.</summary>
internal struct SpectralStep
{
    /// <summary>
    /// Times the chirp's spectrum, then conjugated: the transform back is one forth between two conjugations.
    /// </summary>
    public const int Spectrum = 1;

    /// <summary>Conjugated again, and times the chirp.</summary>
    public const int Chirp = 6;

    // Inverse is in units of 2⁻²¹.
    private const int Shift = 21;

    /// <summary>One of the constants, or the radix of a pass: 2, 3, 4, 5 or 7.</summary>
    public int Kind;

    /// <summary>Butterflies of a pass, else points.</summary>
    public int Count;

    /// <summary>Of a pass, the product of the radices of those before it.</summary>
    public int Columns;

    /// <summary>A little more than 2²¹ / Columns.</summary>
    public int Inverse;

    /// <summary>A step for so many points.</summary>
    public SpectralStep(int kind, int count, int columns) =>
        (Kind, Count, Columns, Inverse) = (kind, count, columns, (1 << Shift) / columns + 1);

    /// <summary>
    /// b / Columns by a multiplication. Exact, since both are at most 1024 in passes of odd radix: b·(2²¹/columns + 1) exceeds
    /// b·2²¹/columns by less than 2²¹/columns.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int Row(int b) => (int)((uint)b * (uint)Inverse >> Shift);
}
