using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace Engine.Fuzzing;

/// <summary>
/// Which branches a case took, and about how often, as AFL counts them. Without instrumented assemblies nothing is counted and
/// outcomes alone say what is new.
/// </summary>
internal sealed unsafe class Coverage
{
    private const int Size = 1 << 16;

    // Code on other threads counts as long as the process lives: never freed.
    private static readonly byte* s_counts = (byte*)NativeMemory.AllocZeroed(Size);

    private readonly byte[] _seen = new byte[Size];

    public Coverage() => Trace.SharedMem = s_counts;

    /// <summary>Branch pairs seen so far.</summary>
    public int Edges { get; private set; }

    /// <summary>Begins a case.</summary>
    public void Reset()
    {
        new Span<byte>(s_counts, Size).Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>Ends a case; says whether it took a branch, or took it a number of times, that none before it did.</summary>
    public bool Merge()
    {
        var isNew = false;
        var counts = new ReadOnlySpan<byte>(s_counts, Size);
        for (var at = counts.IndexOfAnyExcept((byte)0); at >= 0;)
        {
            var bucket = Bucket(counts[at]);
            if ((_seen[at] & bucket) == 0)
            {
                if (_seen[at] == 0) Edges++;
                _seen[at] |= bucket;
                isNew = true;
            }

            var next = counts[(at + 1)..].IndexOfAnyExcept((byte)0);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return isNew;
    }

    private static byte Bucket(byte count) => count switch
    {
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };
}
