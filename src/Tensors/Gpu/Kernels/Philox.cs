using System.Runtime.CompilerServices;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// A block of Philox 4×32 with ten rounds (Salmon, Moraes, Dror and Shaw 2011): four random words of a key and a counter.
/// </summary>
internal struct Philox
{
    private const int Rounds = 10;

    public uint Word0, Word1, Word2, Word3;

    /// <summary>The words of a counter, whose upper half is the stream's number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Philox Of(ulong key, ulong stream, ulong counter)
    {
        uint c0 = (uint)counter, c1 = (uint)(counter >> 32), c2 = (uint)stream, c3 = (uint)(stream >> 32);
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (var round = 0; round < Rounds; round++)
        {
            ulong first = 0xD2511F53UL * c0, second = 0xCD9E8D57UL * c2;
            c0 = (uint)(second >> 32) ^ c1 ^ k0;
            c1 = (uint)second;
            c2 = (uint)(first >> 32) ^ c3 ^ k1;
            c3 = (uint)first;
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }

        return new() { Word0 = c0, Word1 = c1, Word2 = c2, Word3 = c3 };
    }
}
