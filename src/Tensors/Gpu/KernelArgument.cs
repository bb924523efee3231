namespace Engine.Tensors.Gpu;

/// <summary>
/// An argument of a kernel: a number, or a tensor, which becomes two of the kernel's parameters: the pointer to its block
/// and the <c>int</c> element where it begins, because OpenCL 1.2 has no pointers into a buffer. An absent tensor is a null
/// pointer. It holds on to the storage, so the block is no one else's until the launch is in the queue.
/// </summary>
internal readonly struct KernelArgument
{
    private readonly Storage? _storage;

    private KernelArgument(Storage? storage, nint block, bool isBlock, ulong bits, int size) =>
        (_storage, Block, IsBlock, Bits, Size) = (storage, block, isBlock, bits, size);

    /// <summary>Whether it is a block of device memory, which a second parameter follows.</summary>
    public bool IsBlock { get; }

    /// <summary>The driver's handle of the block; 0 for an absent tensor.</summary>
    public nint Block { get; }

    /// <summary>The value, or the block's first element.</summary>
    public ulong Bits { get; }

    /// <summary>Bytes of the value.</summary>
    public int Size { get; }

    /// <summary>The same without a hold on the storage, for launches that are in a queue already.</summary>
    public KernelArgument Queued() => new(null, Block, IsBlock, Bits, Size);

    /// <summary>The tensor was not disposed of, by another thread, since it became an argument.</summary>
    public void ExpectAlive(string kernel)
    {
        if (_storage is { IsReleased: true })
        {
            throw new ObjectDisposedException(null, $"{kernel}: a tensor was disposed of while it was an operand.");
        }
    }

    /// <summary>Whether a kernel would see the same.</summary>
    public bool IsSameAs(in KernelArgument other) => Block == other.Block && Bits == other.Bits;

    public static implicit operator KernelArgument(Tensor? tensor) =>
        tensor is null ? new(null, 0, true, 0, sizeof(int)) : new(tensor.Storage, ((GpuStorage)tensor.Storage).Block, true,
            (ulong)tensor.Offset, sizeof(int));

    public static implicit operator KernelArgument(int value) => new(null, 0, false, (uint)value, sizeof(int));

    public static implicit operator KernelArgument(uint value) => new(null, 0, false, value, sizeof(uint));

    public static implicit operator KernelArgument(float value) =>
        new(null, 0, false, BitConverter.SingleToUInt32Bits(value), sizeof(float));

    public static implicit operator KernelArgument(bool value) => new(null, 0, false, value ? 1u : 0, sizeof(int));
}
