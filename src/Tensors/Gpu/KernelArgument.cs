namespace Engine.Tensors.Gpu;

/// <summary>
/// An argument of a kernel: a number, or a tensor, which becomes two of the kernel's parameters: the pointer to its block
/// and the <c>int</c> element where it begins, because OpenCL 1.2 has no pointers into a buffer. An absent tensor is a null
/// pointer. It holds on to the storage, so the block is no one else's until the launch is in the queue.
/// </summary>
internal readonly struct KernelArgument
{
    private readonly Storage? _storage;

    private KernelArgument(Storage? storage, bool isBlock, ulong bits, int size) => (_storage, IsBlock, Bits, Size) = (storage, isBlock, bits, size);

    /// <summary>Whether it is a block of device memory, which a second parameter follows.</summary>
    public bool IsBlock { get; }

    /// <summary>The driver's handle of the block; 0 for an absent tensor.</summary>
    public nint Block => _storage is null ? 0 : ((GpuStorage)_storage).Block;

    /// <summary>The value, or the block's first element.</summary>
    public ulong Bits { get; }

    /// <summary>Bytes of the value.</summary>
    public int Size { get; }

    public static implicit operator KernelArgument(Tensor? tensor) => new(tensor?.Storage, true, (ulong)(tensor?.Offset ?? 0), sizeof(int));

    public static implicit operator KernelArgument(int value) => new(null, false, (uint)value, sizeof(int));

    public static implicit operator KernelArgument(uint value) => new(null, false, value, sizeof(uint));

    public static implicit operator KernelArgument(float value) => new(null, false, BitConverter.SingleToUInt32Bits(value), sizeof(float));

    public static implicit operator KernelArgument(bool value) => new(null, false, value ? 1u : 0, sizeof(int));
}
