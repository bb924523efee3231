using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// result[i] = word[i] &lt; threshold ? 0 : x[i]·factor, with the same words on every device: of each 64 elements from 64·b on,
/// element 64·b + 16·w + j takes word w of the block counter + 16·b + j. A work item makes one block and serves the four
/// elements that take its words, 16 apart, so that the items beside it have their neighbours.
/// </summary>
internal struct Dropout : IKernel
{
    private const uint Apart = 16;

    public int Blocks, Count;
    public uint Threshold;
    public float Factor;
    public ulong Key, Stream, Counter;
    public ArrayView<float> X, Result;

    public readonly void Run()
    {
        for (var item = Item.First; item < Blocks; item += Item.Step)
        {
            var block = (uint)item;
            var words = Philox.Of(Key, Stream, Counter + block);
            var i = block / Apart * (4 * Apart) + block % Apart;
            Choose(i, words.Word0);
            Choose(i + Apart, words.Word1);
            Choose(i + 2 * Apart, words.Word2);
            Choose(i + 3 * Apart, words.Word3);
        }
    }

    // Cleared and not multiplied by 0, so that a dropped infinity is no NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Choose(uint i, uint word)
    {
        if (i < (uint)Count) Result[(int)i] = word < Threshold ? 0 : X[(int)i] * Factor;
    }
}
