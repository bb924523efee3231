using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Engine.Dsp;

/// <summary>
/// Advice to Linux to back large blocks with pages of 2 MiB, where <c>/sys/kernel/mm/transparent_hugepage/enabled</c> says
/// <c>madvise</c>: a new block costs a fault for each page, and one that is read or written in order a lookup.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe partial class HugePages
{
    /// <summary>The length and alignment of such a page.</summary>
    public const int Length = 2 * 1024 * 1024;

    /// <summary>In smaller blocks, the ends that fill no page would be most of the block.</summary>
    public const int SmallestBlock = 2 * Length;

    // MADV_HUGEPAGE of madvise(2).
    private const int HugePage = 14;

    // madvise takes whole pages of the ordinary size.
    private static readonly nuint s_page = (nuint)Environment.SystemPageSize;

    /// <summary>
    /// Gives the advice for a block, unless it is small. Neighbours that share a page with it are advised as well, which changes
    /// nothing but where they are kept. A system without such pages refuses, and the block works anyway.
    /// </summary>
    public static void Advise(void* block, nuint bytes)
    {
        if (bytes < SmallestBlock || !OperatingSystem.IsLinux()) return;
        var from = (nuint)block & ~(s_page - 1);
        _ = Advise((void*)from, (nuint)block + bytes - from, HugePage);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint length, int advice);
}
