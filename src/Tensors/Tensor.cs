using System.Runtime.InteropServices;
using Engine.Tensors.Autograd;
using Engine.Tensors.Cpu;
using Engine.Tensors.Serialization;

namespace Engine.Tensors;

/// <summary>
/// A dense row-major array of float32 or int32 on a device. Tensors made inside a <see cref="TensorScope"/> are released with it;
/// any tensor can be released earlier with <see cref="Dispose"/>, and using it afterwards is an error. The <see cref="Tape"/>
/// keeps what the backward pass needs, whatever happens to the tensor.
/// </summary>
public sealed partial class Tensor : IDisposable
{
    private Storage? _storage;

    internal Tensor(Storage storage, int offset, Shape shape, ElementType type, Device device, bool adopted = true)
    {
        _storage = storage;
        Offset = offset;
        Shape = shape;
        Type = type;
        Device = device;
        if (adopted) TensorScope.Adopt(this);
    }

    /// <summary>The sizes.</summary>
    public Shape Shape { get; }

    /// <summary>What the elements are.</summary>
    public ElementType Type { get; }

    /// <summary>Where the elements are.</summary>
    public Device Device { get; }

    /// <summary>The number of elements.</summary>
    public int Count => Shape.Count;

    /// <summary>The number of axes.</summary>
    public int Rank => Shape.Rank;

    /// <summary>Whether <see cref="Dispose"/> was called, explicitly or by the scope.</summary>
    public bool IsDisposed => _storage is null;

    internal Storage Storage
    {
        get
        {
            var storage = _storage;
            if (storage is null) Throw.Disposed("Tensor", Shape);
            return storage;
        }
    }

    /// <summary>The storage, or null after <see cref="Dispose"/>.</summary>
    internal Storage? StorageIfAlive => Volatile.Read(ref _storage);

    /// <summary>Where this tensor begins in its storage, in elements.</summary>
    internal int Offset { get; }

    internal TensorScope? Scope { get; set; }

    /// <summary>Makes a tensor whose contents are undefined until an operation writes them.</summary>
    internal static Tensor Empty(Shape shape, Device device, ElementType type = ElementType.Float32) =>
        new(device.Backend.Allocate(shape.Count * 4L), 0, shape, type, device);

    /// <summary>Makes a tensor of zeros.</summary>
    public static Tensor Zeros(Shape shape, Device? device = null) => Full(shape, 0, device);

    /// <summary>Makes a tensor filled with <paramref name="value"/>.</summary>
    public static Tensor Full(Shape shape, float value, Device? device = null)
    {
        var tensor = Empty(shape, device ?? Device.Default);
        tensor.Device.Backend.Fill(tensor, value);
        return tensor;
    }

    /// <summary>Copies <paramref name="values"/>, in row-major order, to a device.</summary>
    /// <exception cref="ArgumentException">The number of values does not match the shape.</exception>
    public static Tensor From(ReadOnlySpan<float> values, Shape shape, Device? device = null) =>
        Upload(nameof(From), MemoryMarshal.AsBytes(values), values.Length, shape, ElementType.Float32, device);

    /// <summary>
    /// As <see cref="From"/>, but on the processor a large array, from 16 MiB, becomes the tensor's memory: it must not be used
    /// afterwards.
    /// </summary>
    /// <exception cref="ArgumentException">The number of values does not match the shape.</exception>
    public static Tensor Take(float[] values, Shape shape, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        var place = device ?? Device.Default;
        return place == Device.Cpu && values.Length == shape.Count && Bytes.IsLarge<float>(values.Length)
            ? new(new CpuStorage(values), 0, shape, ElementType.Float32, place)
            : Upload(nameof(Take), MemoryMarshal.AsBytes<float>(values), values.Length, shape, ElementType.Float32, place);
    }

    /// <summary>Copies integers (labels, indices), in row-major order, to a device.</summary>
    /// <exception cref="ArgumentException">The number of values does not match the shape.</exception>
    public static Tensor FromIndices(ReadOnlySpan<int> values, Shape shape, Device? device = null) =>
        Upload(nameof(FromIndices), MemoryMarshal.AsBytes(values), values.Length, shape, ElementType.Int32, device);

    /// <summary>Makes a rank-0 tensor.</summary>
    public static Tensor Scalar(float value, Device? device = null) => From([value], new Shape(), device);

    /// <summary>The elements, in row-major order.</summary>
    /// <exception cref="InvalidOperationException">The tensor does not hold float32.</exception>
    public float[] ToArray()
    {
        Expect(ElementType.Float32, nameof(ToArray));
        var values = new float[Count];
        Device.Backend.Download(this, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>The integers, in row-major order.</summary>
    /// <exception cref="InvalidOperationException">The tensor does not hold int32.</exception>
    public int[] ToIndices()
    {
        Expect(ElementType.Int32, nameof(ToIndices));
        var values = new int[Count];
        Device.Backend.Download(this, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>The value of a tensor with one element, such as a loss.</summary>
    /// <exception cref="InvalidOperationException">It does not have exactly one element.</exception>
    public float Item()
    {
        Expect(ElementType.Float32, nameof(Item));
        if (Count != 1) Throw.Invalid($"Item: {Shape} has {Count} elements; only a tensor with one has a value.");
        float value = 0;
        Device.Backend.Download(this, MemoryMarshal.AsBytes(new Span<float>(ref value)));
        return value;
    }

    /// <summary>Overwrites the elements in place (weights after an update, an input buffer that is reused).</summary>
    /// <exception cref="ArgumentException">The number of values differs.</exception>
    public void Write(ReadOnlySpan<float> values)
    {
        Expect(ElementType.Float32, nameof(Write));
        if (values.Length != Count) Throw.Argument($"Write: {values.Length} values do not fill {Shape}, which has {Count}.");
        Device.Backend.Upload(MemoryMarshal.AsBytes(values), this);
        MarkWritten();
    }

    /// <summary>Returns the memory once no operation uses it. May be called twice, from any thread.</summary>
    public void Dispose() => Interlocked.Exchange(ref _storage, null)?.Release();

    /// <summary>Shape, type and device, for the debugger; fetches no values.</summary>
    public override string ToString() => $"Tensor {Shape} {Type} on {Device}{(IsDisposed ? " (disposed)" : "")}";

    /// <summary>A second handle to the same elements, outside every scope and without history.</summary>
    internal Tensor Alias(Shape shape, int offset = 0)
    {
        var storage = Storage;
        if (!storage.TryRetain()) Throw.Disposed("Tensor", Shape);
        return new Tensor(storage, Offset + offset, shape, Type, Device);
    }

    internal Tensor Alias() => Alias(Shape);

    /// <summary>Tells the tape that saved values changed.</summary>
    internal void MarkWritten() => Storage.MarkWritten();

    /// <summary>Checks that the tensor is of this type and has not been disposed.</summary>
    internal void Expect(ElementType type, string operation)
    {
        ExpectAlive(operation);
        if (Type != type) Throw.Type(operation, Shape, Type, type);
    }

    /// <summary>Checks that the tensor has not been disposed.</summary>
    internal void ExpectAlive(string operation)
    {
        if (_storage is null) Throw.Disposed(operation, Shape);
    }

    /// <summary>Checks that two tensors, named for the error, are on one device.</summary>
    internal static void ExpectOneDevice(string operation, string nameA, Tensor a, string nameB, Tensor b)
    {
        if (a.Device != b.Device) Throw.Device(operation, nameA, a, nameB, b);
    }

    private static Tensor Upload(
        string operation, ReadOnlySpan<byte> bytes, int count, Shape shape, ElementType type, Device? device)
    {
        if (count != shape.Count) Throw.Argument($"{operation}: {count} values do not fill {shape}, which has {shape.Count}.");
        var tensor = Empty(shape, device ?? Device.Default, type);
        tensor.Device.Backend.Upload(bytes, tensor);
        return tensor;
    }
}
