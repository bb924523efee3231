using System.ComponentModel;
using System.Runtime.InteropServices;
using Engine.Dsp;

namespace Engine.Tensors.Cpu;

/// <summary>
/// Aligned unmanaged memory; all of this library's comes from here. Linux is advised to back large blocks with pages of 2 MiB:
/// otherwise a kernel that streams through 64 MiB looks up sixteen thousand pages, and the processor's prefetch stops at the end
/// of each.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe partial class LargeBlock
{
    // A cache line, and the best alignment for Vector512 loads.
    private const nuint LineLength = 64;

    private static bool s_hasTrim = OperatingSystem.IsLinux();

    /// <summary>
    /// Where blocks come from instead of the C library, for tests that make memory run out or guard the ends of blocks. While
    /// such a source is set, pools keep no blocks, so every use of freed memory is detected.
    /// </summary>
    internal static IBlockSource? Source { get; set; }

    /// <summary>Allocates at least this many bytes, to be returned with <see cref="Free"/>.</summary>
    /// <exception cref="OutOfMemoryException">There is no room.</exception>
    public static void* Allocate(nuint bytes)
    {
        if (Source is { } source) return source.Allocate(bytes);
        if (bytes < HugePages.SmallestBlock || !OperatingSystem.IsLinux()) return NativeMemory.AlignedAlloc(bytes, LineLength);
        var block = NativeMemory.AlignedAlloc(bytes, HugePages.Length);
        HugePages.Advise(block, bytes);
        return block;
    }

    /// <summary>Frees a block; null is ignored.</summary>
    public static void Free(void* block)
    {
        if (block is null) return;
        if (Source is { } source) source.Free(block);
        else NativeMemory.AlignedFree(block);
    }

    /// <summary>Makes the C library return freed memory to the system: glibc keeps blocks of up to 32 MiB for reuse.</summary>
    public static void GiveBack()
    {
        if (!s_hasTrim) return;
        try
        {
            _ = TrimHeap(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, which returns memory on its own.
            s_hasTrim = false;
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimHeap(nuint pad);
}

/// <summary>What <see cref="LargeBlock"/> takes its blocks from.</summary>
internal unsafe interface IBlockSource
{
    /// <summary>Allocates this many bytes.</summary>
    /// <exception cref="OutOfMemoryException">There is no room.</exception>
    void* Allocate(nuint bytes);

    /// <summary>Frees one of its own blocks.</summary>
    void Free(void* block);
}
