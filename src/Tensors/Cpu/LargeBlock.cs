using System.Runtime.InteropServices;

namespace Engine.Tensors.Cpu;

/// <summary>
/// Aligned unmanaged memory. Linux is advised to back large blocks with pages of 2 MiB: a kernel that streams through 64 MiB
/// otherwise looks up sixteen thousand pages, and the processor's prefetch stops at each of their ends.
/// </summary>
internal static unsafe partial class LargeBlock
{
    private const nuint PageLength = 2 * 1024 * 1024;

    // Below, the ends of a block that fill no page would be most of it.
    private const nuint SmallestAdvised = 2 * PageLength;

    // A cache line, and what Vector512 loads like best.
    private const nuint LineLength = 64;

    // MADV_HUGEPAGE of madvise(2).
    private const int HugePage = 14;

    /// <summary>At least so many bytes, to be given back to <see cref="Free"/>.</summary>
    public static void* Allocate(nuint bytes)
    {
        if (bytes < SmallestAdvised || !OperatingSystem.IsLinux()) return NativeMemory.AlignedAlloc(bytes, LineLength);
        var block = NativeMemory.AlignedAlloc(bytes, PageLength);

        // A kernel without such pages refuses; the block serves as it is.
        _ = Advise(block, bytes, HugePage);
        return block;
    }

    /// <summary>Gives a block back; null is nothing.</summary>
    public static void Free(void* block) => NativeMemory.AlignedFree(block);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint length, int advice);
}
