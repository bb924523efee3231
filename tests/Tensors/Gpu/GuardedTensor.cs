using Engine.Tensors;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>A tensor in the middle of a larger one, at an odd offset; what lies around it must stay as it is.</summary>
internal sealed class GuardedTensor : IDisposable
{
    private const int Margin = 5;
    private const float Guard = 12345.678f;

    private readonly Tensor _block;

    public GuardedTensor(Device device, Shape shape, params float[] values)
    {
        var all = new float[shape.Count + 2 * Margin];
        Array.Fill(all, Guard);
        values.CopyTo(all, Margin);
        _block = Tensor.From(all, new Shape(all.Length), device);
        Tensor = _block.Alias(shape, Margin);
    }

    public Tensor Tensor { get; }

    public static implicit operator Tensor(GuardedTensor guarded) => guarded.Tensor;

    /// <summary>The elements, after a look at the guards.</summary>
    public float[] Values()
    {
        var all = _block.ToArray();
        Assert.All(all[..Margin].Concat(all[^Margin..]), v => Assert.Equal(Guard, v));
        return all[Margin..^Margin];
    }

    public void Dispose()
    {
        Tensor.Dispose();
        _block.Dispose();
    }
}
