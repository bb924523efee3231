using ILGPU;

namespace Engine.Tensors.Gpu;

/// <summary>
/// A float32 tensor for intermediate results. It belongs to no <see cref="TensorScope"/>: an operation that needs one for
/// each of many steps would fill the scope's list.
/// </summary>
internal readonly struct GpuScratch : IDisposable
{
    public GpuScratch(Device device, Shape shape) =>
        Tensor = new Tensor(device.Backend.Allocate(4L * shape.Count), 0, shape, ElementType.Float32, device, adopted: false);

    public Tensor Tensor { get; }

    public static implicit operator Tensor(GpuScratch scratch) => scratch.Tensor;

    /// <summary>Its elements, for a kernel.</summary>
    public ArrayView<T> View<T>()
        where T : unmanaged => GpuStorage.View<T>(Tensor);

    /// <summary>Gives the memory back, for what is queued after what is queued now.</summary>
    public void Dispose() => Tensor.Dispose();
}
