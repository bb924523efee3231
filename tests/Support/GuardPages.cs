using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Engine.Tensors.Cpu;

namespace Engine.Tests.Support;

/// <summary>
/// Blocks that end, or begin, at a page that nobody may touch, so that the first byte read or written beyond is a crash; so is
/// any use of a block that was given back. A process is put under guard by the environment variable <see cref="Variable"/>,
/// before its first test.
/// </summary>
internal sealed unsafe partial class GuardPages(bool atEnd) : IBlockSource
{
    public const string Variable = "ENGINE_TESTS_GUARD";

    // PROT_NONE, PROT_READ | PROT_WRITE and MAP_PRIVATE of mmap(2).
    private const int None = 0, ReadWrite = 3, Private = 2;

    private static readonly nuint s_page = (nuint)Environment.SystemPageSize;

    private readonly ConcurrentDictionary<nint, (nint Start, nuint Length)> _blocks = new();

    /// <summary>The guard of this process, if it has one.</summary>
    public static GuardPages? Current { get; private set; }

    public void* Allocate(nuint bytes)
    {
        // What ends at the page begins at a whole float.
        var length = (Math.Max(bytes, 1) + 3) / 4 * 4;
        var inside = (length + s_page - 1) / s_page * s_page;
        var whole = inside + 2 * s_page;
        var start = Map(null, whole, None, Private | (OperatingSystem.IsMacOS() ? 0x1000 : 0x20), -1, 0);
        if (start == -1) throw new InsufficientMemoryException("mmap");
        if (Protect(start + (nint)s_page, inside, ReadWrite) != 0) throw new InsufficientMemoryException("mprotect");
        var block = start + (nint)(atEnd ? s_page + inside - length : s_page);
        _blocks[block] = (start, whole);
        return (void*)block;
    }

    public void Free(void* block)
    {
        // Blocks of before the guard are not ours.
        if (!_blocks.TryRemove((nint)block, out var mapped))
            throw new InvalidOperationException("A block is freed that is not in use.");
        Assert.Equal(0, Unmap(mapped.Start, mapped.Length));
    }

    /// <summary>Whether a byte can be written, as the system says it without a crash.</summary>
    public static bool IsAccessible(byte* address)
    {
        using var zeros = File.OpenHandle("/dev/zero");
        return Read((int)zeros.DangerousGetHandle(), address, 1) == 1;
    }

    /// <summary>Memory for spans, guarded where this process is; <paramref name="body"/> may fill all of it.</summary>
    public static void WithSpan<T>(int count, Action<nint> body)
        where T : unmanaged
    {
        var block = LargeBlock.Allocate((nuint)(count * sizeof(T)));
        new Span<byte>(block, count * sizeof(T)).Clear();
        body((nint)block);
        LargeBlock.Free(block);
    }

#pragma warning disable CA2255 // The tests' own process decides before any of them runs.
    [ModuleInitializer]
    internal static void Install()
#pragma warning restore CA2255
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } where) return;
        LargeBlock.Source = Current = new GuardPages(where == "end");
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int file, byte* buffer, nuint count);
}
