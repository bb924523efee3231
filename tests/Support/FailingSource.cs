using System.Runtime.InteropServices;
using Engine.Tensors.Cpu;

namespace Engine.Tests.Support;

/// <summary>
/// Blocks of the C library, of which some are refused. What is freed is filled with a pattern and kept until the end, so that a
/// write to freed memory is seen.
/// </summary>
internal sealed unsafe class FailingSource : IBlockSource, IDisposable
{
    private const byte Pattern = 0xCD;

    private readonly Lock _lock = new();
    private readonly Dictionary<nint, nuint> _used = [];
    private readonly List<(nint Block, nuint Length)> _freed = [];
    private int _first = int.MaxValue;
    private int _last = int.MaxValue;

    /// <summary>Blocks that were asked for since <see cref="Refuse"/>.</summary>
    public int Asked { get; private set; }

    /// <summary>Blocks that were refused since then.</summary>
    public int Refused { get; private set; }

    /// <summary>
    /// Counts from now on, and refuses the calls from <paramref name="first"/> to <paramref name="last"/>, the first being 1.
    /// </summary>
    public void Refuse(int first, int last)
    {
        lock (_lock) (_first, _last, Asked, Refused) = (first, last, 0, 0);
    }

    /// <summary>Refuses nothing any more.</summary>
    public void RefuseNothing() => Refuse(int.MaxValue, int.MaxValue);

    public void* Allocate(nuint bytes)
    {
        lock (_lock)
        {
            Asked++;
            if (Asked >= _first && Asked <= _last)
            {
                Refused++;
                throw new InsufficientMemoryException("The test's own.");
            }

            var block = NativeMemory.AlignedAlloc(Math.Max(bytes, 1), 64);
            new Span<byte>(block, checked((int)bytes)).Fill(Pattern);
            _used[(nint)block] = bytes;
            return block;
        }
    }

    public void Free(void* block)
    {
        lock (_lock)
        {
            // Blocks of before this source were the C library's own.
            if (!_used.Remove((nint)block, out var length))
            {
                Assert.DoesNotContain(_freed, f => f.Block == (nint)block);
                NativeMemory.AlignedFree(block);
                return;
            }

            new Span<byte>(block, (int)length).Fill(Pattern);
            _freed.Add(((nint)block, length));
        }
    }

    /// <summary>Nobody wrote to what was freed; it is let go of.</summary>
    public void ExpectFreedUntouched(string what)
    {
        lock (_lock)
        {
            foreach (var (block, length) in _freed)
            {
                Assert.False(new Span<byte>((void*)block, (int)length).ContainsAnyExcept(Pattern),
                    $"{what}: a block of {length} bytes was written to after it was freed.");
                NativeMemory.AlignedFree((void*)block);
            }

            _freed.Clear();
        }
    }

    /// <summary>Makes it the source of all blocks.</summary>
    public static FailingSource Install()
    {
        var source = new FailingSource();
        LargeBlock.Source = source;
        return source;
    }

    /// <summary>Blocks come from the C library again; those that are in use are freed as its own.</summary>
    public void Dispose()
    {
        LargeBlock.Source = null;
        ExpectFreedUntouched("in the end");
    }
}
